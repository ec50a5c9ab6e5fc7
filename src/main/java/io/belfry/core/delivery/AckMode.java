package io.belfry.core.delivery;

/// What settles an entry on a subscription; the words are STOMP's, but for the last.
public enum AckMode {
  /// Being written to the connection.
  AUTO,
  /// An acknowledgement of it, or of one that was delivered later.
  CLIENT,
  /// An acknowledgement of this one.
  CLIENT_INDIVIDUAL,
  /// A request that its device has everything up to an offset. It names no connection, and may come
  /// to another node.
  REQUEST,
  /// Nothing: who subscribes is only told that there is something, and reads it by other means.
  NONE;

  /// Whether an acknowledgement settles what was delivered before, too.
  boolean isCumulative() {
    return this == CLIENT || this == REQUEST;
  }
}
