package io.belfry.core.delivery;

import io.belfry.core.log.Entry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;

/// How long entries take from their acceptance by the store until a connection has taken them, by
/// samples: of the first two hundred writes a second each, of more one in 64. A sample allocates
/// nothing.
///
/// What was there before the client was is not measured: how long it waited is the client's doing.
/// What waits for a slow client is. Where the store is on another machine's clock, so is the start.
public final class Latency {
  private static final int EACH = 200;
  private static final int ONE_IN = 64;

  private final InstantSource clock;
  private volatile LongConsumer sink = millis -> {};

  // Many threads write it without care for each other: what that costs is a sample more or less.
  private int left = EACH;

  Latency(InstantSource clock) {
    this.clock = clock;
  }

  /// From now on each sample, in milliseconds, goes to `newSink`, on the threads that deliver: it
  /// must neither block nor be slow.
  public void onSample(LongConsumer newSink) {
    sink = newSink;
  }

  /// A write that began with this entry was taken by a client that is there since `since`.
  void written(Entry first, Instant since) {
    if (left <= 0 && ThreadLocalRandom.current().nextInt(ONE_IN) != 0) {
      return;
    }
    if (first.timestamp().isBefore(since)) {
      return;
    }
    left--;
    sink.accept(Math.max(0, clock.millis() - first.timestamp().toEpochMilli()));
  }

  /// Called once a second.
  void rest() {
    left = EACH;
  }
}
