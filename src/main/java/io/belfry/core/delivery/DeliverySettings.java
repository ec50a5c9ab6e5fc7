package io.belfry.core.delivery;

import java.time.Duration;

/// How entries reach a subscription.
///
/// @param window how many unsettled entries may be in flight where the client does not say, 1 to
///     [#MAX_WINDOW]
/// @param ackTimeout after which the oldest unsettled entry comes again
/// @param maxDeliveries how many refusals (NACK) make a dead letter
/// @param connectionsPerUser on this node
/// @param connections on this node, all users together
public record DeliverySettings(
    int window, Duration ackTimeout, int maxDeliveries, int connectionsPerUser, int connections) {
  /// What a client that asks for more gets.
  public static final int MAX_WINDOW = 10_000;

  public static DeliverySettings defaults() {
    return new DeliverySettings(256, Duration.ofSeconds(30), 5, 32, Integer.MAX_VALUE);
  }
}
