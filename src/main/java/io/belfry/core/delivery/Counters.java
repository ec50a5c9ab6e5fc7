package io.belfry.core.delivery;

import java.util.concurrent.atomic.LongAdder;

/// What was done since the start, for metrics.
public final class Counters {
  final LongAdder delivered = new LongAdder();
  final LongAdder redelivered = new LongAdder();
  final LongAdder acknowledged = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder deadLetters = new LongAdder();
  final LongAdder gaps = new LongAdder();
  final LongAdder logReads = new LongAdder();

  /// First deliveries written to a connection, passing messages included.
  public long delivered() {
    return delivered.sum();
  }

  /// Deliveries that said that they come again.
  public long redelivered() {
    return redelivered.sum();
  }

  /// Entries that clients acknowledged.
  public long acknowledged() {
    return acknowledged.sum();
  }

  /// Entries that clients refused (NACK).
  public long refused() {
    return refused.sum();
  }

  /// Entries that were given up for a device.
  public long deadLetters() {
    return deadLetters.sum();
  }

  /// Holes that were spoken of.
  public long gaps() {
    return gaps.sum();
  }

  /// Reads of a log by a subscription; a live delivery needs none.
  public long logReads() {
    return logReads.sum();
  }
}
