package io.belfry.bench;

import java.io.PrintStream;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/// What all loads share: what is asked for, what is counted, and how it is told.
final class Bench {
  static final long SECOND = 1_000_000_000L;
  private static final long PATIENCE_SECONDS = 30;
  private static final long POLL_NANOS = 200_000;
  private static final double TOLD_FOR = 100_000;

  private final BenchOptions options;
  private final BenchCommand.Signer signer;
  private final PrintStream out;
  private final Tally tally = new Tally();
  private final ServerProcess server;

  Bench(BenchOptions options, BenchCommand.Signer signer, PrintStream out) {
    this.options = options;
    this.signer = signer;
    this.out = out;
    this.server = new ServerProcess(options.pid());
  }

  BenchOptions options() {
    return options;
  }

  Tally tally() {
    return tally;
  }

  ServerProcess server() {
    return server;
  }

  String token(String user, String scope) {
    return signer.sign(user, scope);
  }

  /// Tells one line.
  void say(String format, Object... values) {
    out.printf(format + "%n", values);
    out.flush();
  }

  /// Tells what the node took for so many pieces of work since `before`, where its process is
  /// known.
  void sayCost(double cpuBefore, long count, String what) {
    if (server.isKnown()) {
      double cpu = server.cpuSeconds() - cpuBefore;
      say(
          "node  %.1f CPU s, %.2f for 100,000 %s, RSS %.0f MB",
          cpu, cpu * TOLD_FOR / Math.max(1, count), what, server.rssBytes() / 1e6);
    }
  }

  /// Tells what was accepted, and what became of it.
  void sayOutcome(double seconds) {
    say(
        "accepted %,d (%,.0f/s)  refused %,d  delivered %,d  lost %,d  repeated %,d  out of order"
            + " %,d",
        tally.accepted.sum(),
        tally.accepted.sum() / seconds,
        tally.refused.sum(),
        tally.arrived.sum(),
        tally.lost(),
        tally.repeated.sum(),
        tally.disordered.sum());
    if (tally.ended.sum() + tally.unanswered.sum() > 0) {
      say(
          "connections that ended and came back %,d  pushes without an answer %,d",
          tally.ended.sum(), tally.unanswered.sum());
    }
  }

  void sayLatency(Histogram latency) {
    say(
        "latency ms  p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f",
        millis(latency, 50),
        millis(latency, 90),
        millis(latency, 99),
        millis(latency, 99.9),
        latency.getMaxValue() / 1000.0);
  }

  private static double millis(Histogram latency, double percentile) {
    return latency.getValueAtPercentile(percentile) / 1000.0;
  }

  static double secondsSince(long start) {
    return (double) (System.nanoTime() - start) / SECOND;
  }

  /// Waits until it is so, or nothing more is to be hoped for.
  static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE_SECONDS * SECOND;
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /// @param time of [System#nanoTime]
  static void waitUntil(long time) {
    for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
