package io.belfry.transport;

import io.belfry.security.Caller;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A protocol that is spoken over WebSockets at an address of its own.
public interface Door {
  /// The address, such as `/ws`.
  String path();

  /// The WebSocket subprotocols that are spoken here; of those that a client offers, the first one
  /// that is here is chosen, and none where none is.
  List<String> subprotocols();

  /// A client has come in. Does not block.
  ///
  /// @param caller whom the handshake's token speaks for; null where it had none
  /// @param subprotocol that was chosen, or null
  WireListener open(Wire wire, @Nullable Caller caller, @Nullable String subprotocol);
}
