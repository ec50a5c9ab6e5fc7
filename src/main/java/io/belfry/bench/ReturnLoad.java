package io.belfry.bench;

import java.io.IOException;

/// All users come back at once, and for each of them entries wait.
final class ReturnLoad {
  private final Bench bench;
  private final Users users;

  ReturnLoad(Bench bench, Users users) {
    this.bench = bench;
    this.users = users;
  }

  void run() throws IOException, InterruptedException {
    users.connect();
    users.close();
    fill();
    Tally tally = bench.tally();
    double cpu = bench.server().cpuSeconds();
    long start = System.nanoTime();
    users.connect(bench.options().users());
    Bench.await(() -> tally.lost() == 0);
    double took = Bench.secondsSince(start);
    bench.sayOutcome(took);
    bench.say("all of it was delivered %.1f s after they began to connect", took);
    bench.sayCost(cpu, tally.arrived.sum(), "deliveries");
  }

  private void fill() throws IOException {
    BenchOptions options = bench.options();
    Tally tally = bench.tally();
    long left = (long) options.users() * options.waiting();
    try (HttpPusher service = new HttpPusher(options, bench.token("bench", "push"))) {
      for (int first = 0; left > 0; first = (first + BatchLoad.LINES) % options.users()) {
        int count = (int) Math.min(left, BatchLoad.LINES);
        service.pushBatch(BatchLoad.lines(options, first, count, Stamp.UNNUMBERED));
        tally.accepted.add(count);
        left -= count;
      }
    }
  }
}
