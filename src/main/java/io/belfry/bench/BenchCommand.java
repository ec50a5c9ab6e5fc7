package io.belfry.bench;

import io.belfry.core.log.InvalidInputException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/// `bench`: connects users, pushes to them, and says what arrived, how fast, and what was lost.
public final class BenchCommand {
  private static final long SECOND = 1_000_000_000L;
  private static final int AT_ONCE = 100;
  private static final long PATIENCE_SECONDS = 20;

  /// Signs the token of a user.
  @FunctionalInterface
  public interface Signer {
    String sign(String user, String scope);
  }

  /// Makes a signer from settings as for a node.
  @FunctionalInterface
  public interface Signers {
    Signer of(List<String> settings);
  }

  private final BenchOptions options;
  private final Signer signer;
  private final PrintStream out;
  private final Tally tally = new Tally();
  private final List<Subscriber> subscribers = new ArrayList<>();

  private BenchCommand(BenchOptions options, Signer signer, PrintStream out) {
    this.options = options;
    this.signer = signer;
    this.out = out;
  }

  /// @param arguments without the command's own name
  /// @return the process's exit code: 0, 1 where something was lost, 2 where it was misused
  public static int run(List<String> arguments, Signers signers, PrintStream out, PrintStream err) {
    BenchOptions options;
    try {
      options = BenchOptions.parse(arguments);
    } catch (InvalidInputException misused) {
      err.println(misused.getMessage());
      err.println(BenchOptions.USAGE);
      return 2;
    }
    try {
      return new BenchCommand(options, signers.of(options.settings()), out).run() ? 0 : 1;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private boolean run() throws InterruptedException {
    connect();
    load();
    awaitArrivals();
    report();
    subscribers.forEach(Subscriber::close);
    return lost() == 0;
  }

  private void connect() throws InterruptedException {
    long start = System.nanoTime();
    for (int first = 0; first < options.users(); first += AT_ONCE) {
      int count = Math.min(AT_ONCE, options.users() - first);
      CountDownLatch ready = new CountDownLatch(count);
      for (int user = first; user < first + count; user++) {
        String token = signer.sign("bench" + user, "");
        Subscriber subscriber = new Subscriber(options.url(), token, tally, ready);
        subscribers.add(subscriber);
        Thread.startVirtualThread(subscriber);
      }
      ready.await();
    }
    out.printf(
        "connected %d of %d in %.1f s%n",
        tally.connected.get(), options.users(), seconds(System.nanoTime() - start));
  }

  private void load() throws InterruptedException {
    String token = signer.sign("bench", "push");
    long start = System.nanoTime();
    long counted = start + options.warmup().toNanos();
    long end = counted + options.duration().toNanos();
    AtomicLong sequence = new AtomicLong();
    List<Thread> pushers = new ArrayList<>();
    for (int i = 0; i < options.pushers(); i++) {
      Pusher pusher = new Pusher(options, token, tally, sequence, start, end);
      pushers.add(Thread.startVirtualThread(pusher));
    }
    waitUntil(counted);
    tally.begin();
    long before = 0;
    for (long tick = counted + SECOND; tick <= end; tick += SECOND) {
      waitUntil(tick);
      long now = tally.arrived.sum();
      out.printf(
          "%3d s  %,9d delivered/s  accepted %,d  refused %,d%n",
          (tick - counted) / SECOND, now - before, tally.accepted.sum(), tally.refused.sum());
      before = now;
    }
    waitUntil(end);
    tally.end();
    for (Thread pusher : pushers) {
      pusher.join();
    }
  }

  private void awaitArrivals() {
    long end = System.nanoTime() + PATIENCE_SECONDS * SECOND;
    while (lost() > 0 && System.nanoTime() < end) {
      LockSupport.parkNanos(SECOND / 50);
    }
  }

  private long lost() {
    return Math.max(0, tally.accepted.sum() - tally.arrived.sum());
  }

  private void report() {
    Histogram latency = tally.latencies();
    out.printf(
        "accepted %,d (%,.0f/s)  refused %,d  delivered %,d  lost %,d  repeated %,d  out of order"
            + " %,d%n",
        tally.accepted.sum(),
        tally.accepted.sum() / seconds(options.duration().toNanos()),
        tally.refused.sum(),
        tally.arrived.sum(),
        lost(),
        tally.repeated.sum(),
        tally.disordered.sum());
    out.printf(
        "latency ms  p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f%n",
        millis(latency, 50),
        millis(latency, 90),
        millis(latency, 99),
        millis(latency, 99.9),
        latency.getMaxValue() / 1000.0);
  }

  private static double millis(Histogram latency, double percentile) {
    return latency.getValueAtPercentile(percentile) / 1000.0;
  }

  private static double seconds(long nanos) {
    return (double) nanos / SECOND;
  }

  private static void waitUntil(long time) {
    for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
