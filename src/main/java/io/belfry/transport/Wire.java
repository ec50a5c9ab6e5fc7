package io.belfry.transport;

import io.belfry.core.delivery.Outbox;

/// The socket of one client, whatever carries it: a WebSocket, a plain connection. Safe for use by
/// many threads.
public interface Wire extends Outbox.Wire<Packet> {
  /// Whether a client that lives answers a [#ping], so that silence means that it is gone.
  boolean answersPings();

  /// Asks the client whether it is there, where it can be asked. Does not block.
  void ping();

  /// Goes on reading after [WireListener#received] said to stop. Does not block.
  void readOn();

  /// Ends it at once, whatever waits to be written. Does not block. Idempotent.
  void cut();
}
