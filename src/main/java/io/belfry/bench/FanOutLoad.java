package io.belfry.bench;

import java.io.IOException;
import org.HdrHistogram.Histogram;

/// One service pushes to a topic that all users subscribe, and pushes the next message as soon as
/// fewer than so many are on their way; where that is one, when the last user has it.
final class FanOutLoad {
  private static final long LONGEST_MICROS = 60_000_000;

  private final Bench bench;
  private final Users users;
  private final Histogram last = new Histogram(LONGEST_MICROS, 3);

  FanOutLoad(Bench bench, Users users) {
    this.bench = bench;
    this.users = users;
  }

  void run() throws IOException, InterruptedException {
    users.connect();
    Tally tally = bench.tally();
    tally.begin();
    try (HttpPusher service = new HttpPusher(bench.options(), bench.token("bench", "push"))) {
      push(service, bench.options().warmup().toNanos());
      last.reset();
      var ignored = tally.latencies();
      double cpu = bench.server().cpuSeconds();
      long before = tally.arrived.sum();
      long start = System.nanoTime();
      push(service, bench.options().duration().toNanos());
      tally.awaitAll();
      long delivered = tally.arrived.sum() - before;
      bench.say(
          "delivered %,d (%,.0f/s)  lost %,d",
          delivered, delivered / Bench.secondsSince(start), tally.lost());
      bench.sayLatency(tally.latencies());
      if (bench.options().inFlight() == 1) {
        bench.say(
            "the last one had it after ms  p50 %.2f  p99 %.2f  max %.2f",
            last.getValueAtPercentile(50) / 1000.0,
            last.getValueAtPercentile(99) / 1000.0,
            last.getMaxValue() / 1000.0);
      }
      bench.sayCost(cpu, delivered, "deliveries");
    }
  }

  private void push(HttpPusher service, long nanos) throws IOException {
    Tally tally = bench.tally();
    int fan = bench.options().users();
    long most = (bench.options().inFlight() - 1L) * fan;
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end && tally.lost() <= most) {
      long pushed = System.nanoTime();
      // Counted before it is pushed: it may arrive before it is answered.
      tally.accepted.add(fan);
      int status =
          service.push(
              "/topic/bench", Stamp.body(pushed, Stamp.UNNUMBERED, bench.options().body()));
      if (status != 201) {
        throw new IOException(service.refusal(status));
      }
      Bench.await(() -> tally.lost() <= most);
      last.recordValue(Math.min((System.nanoTime() - pushed) / 1000, LONGEST_MICROS));
    }
  }
}
