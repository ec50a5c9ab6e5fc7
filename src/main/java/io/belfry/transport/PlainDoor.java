package io.belfry.transport;

import io.belfry.settings.BelfryProperties;
import java.util.function.Function;

/// A protocol that is spoken over plain connections (TCP, or TLS), where its settings open a port.
///
/// @param protocol its name, as in `belfry.stomp.port`
/// @param settings where it is open
/// @param opener what is called with each client that comes in; does not block
public record PlainDoor(
    String protocol, BelfryProperties.Door settings, Function<Wire, WireListener> opener) {}
