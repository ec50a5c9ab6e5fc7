package io.belfry.transport.mqtt;

import io.belfry.security.Caller;
import io.belfry.transport.Door;
import io.belfry.transport.Wire;
import io.belfry.transport.WireListener;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where MQTT is spoken over WebSockets: `/mqtt`.
record MqttDoor(MqttNode node) implements Door {
  @Override
  public String path() {
    return "/mqtt";
  }

  @Override
  public List<String> subprotocols() {
    return List.of("mqtt");
  }

  @Override
  public WireListener open(Wire wire, @Nullable Caller caller, @Nullable String subprotocol) {
    return new MqttSession(node, wire, caller);
  }
}
