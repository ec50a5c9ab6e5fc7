package io.belfry.core.log;

import java.time.Duration;

/// What a log keeps, and for how long.
///
/// @param ttl of an entry at most (`belfry.inbox.ttl`)
/// @param maxMessages of one log, exactly (`belfry.inbox.max-messages`); the oldest go first
/// @param deviceTtl of a cursor that nobody uses (`belfry.inbox.device-ttl`)
/// @param idempotencyKeep of an idempotency key (`belfry.idempotency.keep`)
public record Retention(
    Duration ttl, int maxMessages, Duration deviceTtl, Duration idempotencyKeep) {

  /// How many devices a user keeps a cursor of in one log; the idlest goes.
  public static final int MAX_DEVICES = 64;

  /// How many dead letters there are at most; the oldest go first.
  public static final int MAX_DEAD_LETTERS = 10_000;

  public Retention {
    atLeastASecond("inbox.ttl", ttl);
    atLeastASecond("inbox.device-ttl", deviceTtl);
    atLeastASecond("idempotency.keep", idempotencyKeep);
    if (maxMessages < 1) {
      throw new IllegalArgumentException("belfry.inbox.max-messages must be at least 1");
    }
  }

  public static Retention defaults() {
    return new Retention(Duration.ofDays(7), 1000, Duration.ofDays(30), Duration.ofHours(24));
  }

  private static void atLeastASecond(String name, Duration value) {
    if (value.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("belfry." + name + " must be at least 1s");
    }
  }
}
