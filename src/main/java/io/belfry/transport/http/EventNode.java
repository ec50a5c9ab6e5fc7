package io.belfry.transport.http;

import io.belfry.core.delivery.Deliveries;
import io.belfry.transport.DoorCounters;
import java.time.Duration;
import java.time.InstantSource;

/// What all event streams of this node share.
///
/// @param heartbeat after which a comment is written where nothing else is
/// @param name of this node
record EventNode(
    Deliveries deliveries,
    Duration heartbeat,
    String name,
    InstantSource clock,
    DoorCounters counters) {}
