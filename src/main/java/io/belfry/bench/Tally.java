package io.belfry.bench;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// What was pushed and what arrived.
final class Tally {
  private static final long LONGEST_MICROS = 60_000_000;

  final LongAdder accepted = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder arrived = new LongAdder();
  final LongAdder repeated = new LongAdder();
  final LongAdder disordered = new LongAdder();
  final AtomicLong connected = new AtomicLong();
  private final Recorder latency = new Recorder(LONGEST_MICROS, 3);
  private final AtomicReference<String> complaint = new AtomicReference<>("");
  private volatile boolean counting;

  /// What is pushed from now on counts.
  void begin() {
    counting = true;
  }

  void end() {
    counting = false;
  }

  boolean isCounting() {
    return counting;
  }

  /// A message that counts has arrived.
  void arrived(long latencyNanos) {
    arrived.increment();
    latency.recordValue(Math.min(Math.max(0, latencyNanos / 1000), LONGEST_MICROS));
  }

  /// Something was refused; the first reason is kept.
  void refused(String reason) {
    refused.increment();
    complain(reason);
  }

  /// Something went wrong; the first reason is kept.
  void complain(String reason) {
    complaint.compareAndSet("", reason);
  }

  /// The first thing that went wrong, "" where nothing did.
  String complaint() {
    return complaint.get();
  }

  /// What was accepted and has not arrived, as far as it is known yet.
  long lost() {
    return Math.max(0, accepted.sum() - arrived.sum());
  }

  /// Waits until everything has arrived, or nothing more is to be hoped for.
  void awaitAll() {
    Bench.await(() -> lost() == 0);
  }

  Histogram latencies() {
    return latency.getIntervalHistogram();
  }
}
