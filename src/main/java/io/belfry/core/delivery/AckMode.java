package io.belfry.core.delivery;

/// What settles an entry on a subscription; the words are STOMP's.
public enum AckMode {
  /// Being written to the connection.
  AUTO,
  /// An acknowledgement of it, or of one that was delivered later.
  CLIENT,
  /// An acknowledgement of this one.
  CLIENT_INDIVIDUAL
}
