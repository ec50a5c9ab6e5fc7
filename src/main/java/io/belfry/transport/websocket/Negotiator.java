package io.belfry.transport.websocket;

import io.belfry.security.Caller;
import io.belfry.transport.Door;
import java.time.Duration;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.Configuration;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.core.server.WebSocketNegotiator;
import org.jspecify.annotations.Nullable;

/// Agrees upon a subprotocol with one client, and sets up its WebSocket.
///
/// @param caller whom the handshake's token speaks for, or null
record Negotiator(Door door, @Nullable Caller caller) implements WebSocketNegotiator {
  private static final int INPUT_BYTES = 4 * 1024;
  private static final int OUTPUT_BYTES = 32 * 1024;

  @Override
  public FrameHandler negotiate(
      ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
    String chosen = null;
    for (String offered : request.getSubProtocols()) {
      if (door.subprotocols().contains(offered)) {
        chosen = offered;
        break;
      }
    }
    if (chosen != null) {
      response.setAcceptedSubProtocol(chosen);
    }
    String subprotocol = chosen;
    return new WebSocketWire(wire -> door.open(wire, caller, subprotocol));
  }

  @Override
  public void customize(Configuration configurable) {
    // The protocols know when a client is silent.
    configurable.setIdleTimeout(Duration.ZERO);
    // What comes is passed on as it comes, so no size is too large; what goes is never cut.
    configurable.setAutoFragment(true);
    configurable.setMaxFrameSize(0);
    configurable.setInputBufferSize(INPUT_BYTES);
    // What gathers for one socket write; borrowed while it is written.
    configurable.setOutputBufferSize(OUTPUT_BYTES);
  }
}
