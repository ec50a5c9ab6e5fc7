package io.belfry.core.delivery;

import io.belfry.core.log.Retention;
import java.time.Duration;

/// How entries reach a subscription.
///
/// @param window how many unsettled entries may be in flight where the client does not say, 1 to
///   [#MAX_WINDOW]
/// @param ackTimeout after which the oldest unsettled entry comes again
/// @param maxDeliveries how many refusals (NACK) make a dead letter
/// @param recentEntries how many a feed remembers; no more than a log keeps, or it would deliver
///   what the log has dropped
/// @param connectionsPerUser on this node
/// @param connections on this node, all users together
/// @param deviceTtl after which the store forgets a cursor that nobody uses
public record DeliverySettings(
    int window,
    Duration ackTimeout,
    int maxDeliveries,
    int recentEntries,
    int connectionsPerUser,
    int connections,
    Duration deviceTtl) {
  /// What a client that asks for more gets.
  public static final int MAX_WINDOW = 10_000;

  private static final int RECENT_ENTRIES = 16;

  public static DeliverySettings defaults() {
    return new DeliverySettings(
        256,
        Duration.ofSeconds(30),
        5,
        RECENT_ENTRIES,
        32,
        Integer.MAX_VALUE,
        Retention.defaults().deviceTtl());
  }

  /// These, for logs that keep `maxMessages` and cursors that are kept for `ttl`.
  public DeliverySettings keeping(int maxMessages, Duration ttl) {
    return new DeliverySettings(
        window,
        ackTimeout,
        maxDeliveries,
        Math.min(RECENT_ENTRIES, maxMessages),
        connectionsPerUser,
        connections,
        ttl);
  }
}
