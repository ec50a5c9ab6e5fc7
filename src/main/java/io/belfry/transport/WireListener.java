package io.belfry.transport;

/// What a protocol makes of what comes on a [Wire]. One call at a time; only [#ended] may come at
/// any time, on any thread.
public interface WireListener {
  /// Whether [#received] may block, so that each call of it needs a thread of its own. Where it
  /// does not, it is called on the thread that reads from all sockets.
  default boolean mayBlock() {
    return true;
  }

  /// The first call.
  void opened();

  /// Bytes came; they are the listener's from now on.
  ///
  /// @param text whether the client declared them as UTF-8
  /// @return whether to go on reading; where not, the listener calls [Wire#readOn] later
  boolean received(byte[] bytes, boolean text);

  /// A sign of life came that has no bytes: a ping or its answer.
  void alive();

  /// The client said good-bye, or will send nothing more: the wire is about to end.
  void leaving();

  /// The wire is gone. The last call, made once. Must neither block nor be slow.
  void ended();
}
