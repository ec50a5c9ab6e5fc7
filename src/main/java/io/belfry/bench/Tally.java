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
  final LongAdder unanswered = new LongAdder();
  final LongAdder ended = new LongAdder();
  final LongAdder arrived = new LongAdder();
  final LongAdder repeated = new LongAdder();
  final LongAdder disordered = new LongAdder();
  final AtomicLong connected = new AtomicLong();
  private final LongAdder kept = new LongAdder();
  private final Fates fates = new Fates();
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

  /// A numbered push was accepted.
  void accepted(long number) {
    accepted.increment();
    if (fates.add(number, Fates.ACCEPTED) == Fates.ARRIVED) {
      kept.increment();
    }
  }

  /// A message that counts has arrived.
  ///
  /// @param number its own, or [Stamp#UNNUMBERED]: then it counts as accepted, and as the first
  void arrived(long number, long latencyNanos) {
    int before = number == Stamp.UNNUMBERED ? Fates.ACCEPTED : fates.add(number, Fates.ARRIVED);
    if ((before & Fates.ARRIVED) != 0) {
      repeated.increment();
      return;
    }
    if (before == Fates.ACCEPTED) {
      kept.increment();
    }
    arrived.increment();
    latency.recordValue(Math.min(Math.max(0, latencyNanos / 1000), LONGEST_MICROS));
  }

  /// Something was refused; the first reason is kept.
  void refused(String reason) {
    refused.increment();
    complain(reason);
  }

  /// A push was sent and its answer did not come: whether it was accepted is not known.
  void unanswered(String reason) {
    unanswered.increment();
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
    return Math.max(0, accepted.sum() - kept.sum());
  }

  /// Waits until everything has arrived, or nothing more is to be hoped for.
  void awaitAll() {
    Bench.await(() -> lost() == 0);
  }

  Histogram latencies() {
    return latency.getIntervalHistogram();
  }
}
