package io.belfry.transport.stomp;

import io.belfry.security.Caller;
import io.belfry.transport.Door;
import io.belfry.transport.Wire;
import io.belfry.transport.WireListener;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where STOMP is spoken over WebSockets: `/ws`.
record StompDoor(StompNode node) implements Door {
  private static final List<String> SUBPROTOCOLS =
      Arrays.stream(StompVersion.values()).map(StompVersion::subprotocol).toList();

  @Override
  public String path() {
    return "/ws";
  }

  @Override
  public List<String> subprotocols() {
    return SUBPROTOCOLS;
  }

  @Override
  public WireListener open(Wire wire, @Nullable Caller caller, @Nullable String subprotocol) {
    return new StompSession(
        node, wire, new Arrival(caller, StompVersion.ofSubprotocol(subprotocol)));
  }
}
