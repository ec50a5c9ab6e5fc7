package io.belfry.transport.stomp;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.Deliveries;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Retention;
import io.belfry.security.PushRate;
import io.belfry.security.Tokens;
import io.belfry.transport.LocalNode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// What all STOMP sessions of this node share.
///
/// @param deliveries where they subscribe
/// @param logs where their pushes go
/// @param tokens who verifies what they show
/// @param pushRate how many pushes of one user are taken
/// @param retention what a push may ask for at most
/// @param maxBody of a frame, in bytes
/// @param heartbeat both ways
/// @param name of this node
/// @param server what it calls itself
/// @param clock for what expires
/// @param nanoClock for what is due; of no meaning but in differences
/// @param counters what they count
record StompNode(
    Deliveries deliveries,
    Logs logs,
    Tokens tokens,
    PushRate pushRate,
    Retention retention,
    int maxBody,
    Duration heartbeat,
    String name,
    String server,
    InstantSource clock,
    LongSupplier nanoClock,
    StompCounters counters)
    implements LocalNode {
  @Override
  public long nanoTime() {
    return nanoClock.getAsLong();
  }

  @Override
  public void countClose(CloseReason reason) {
    counters.close(reason);
  }
}
