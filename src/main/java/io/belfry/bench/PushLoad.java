package io.belfry.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Services push to users who are connected, each message to one of them.
final class PushLoad {
  private final Bench bench;
  private final Users users;

  PushLoad(Bench bench, Users users) {
    this.bench = bench;
    this.users = users;
  }

  void run() throws IOException, InterruptedException {
    users.connect();
    BenchOptions options = bench.options();
    Tally tally = bench.tally();
    long start = System.nanoTime();
    long counted = start + options.warmup().toNanos();
    long end = counted + options.duration().toNanos();
    List<Thread> pushers = startPushers(start, end);
    Bench.waitUntil(counted);
    double cpu = bench.server().cpuSeconds();
    tally.begin();
    tellEachSecond(counted, end);
    tally.end();
    for (Thread pusher : pushers) {
      pusher.join();
    }
    Bench.await(() -> tally.lost() == 0);
    bench.sayOutcome((double) options.duration().toNanos() / Bench.SECOND);
    bench.sayLatency(tally.latencies());
    bench.sayCost(cpu, tally.arrived.sum(), "pushes");
  }

  private List<Thread> startPushers(long start, long end) {
    String token = bench.token("bench", "push");
    AtomicLong sequence = new AtomicLong();
    List<Thread> pushers = new ArrayList<>();
    for (int i = 0; i < bench.options().pushers(); i++) {
      Pusher pusher = new Pusher(bench.options(), token, bench.tally(), sequence, start, end);
      pushers.add(Thread.startVirtualThread(pusher));
    }
    return pushers;
  }

  private void tellEachSecond(long counted, long end) {
    Tally tally = bench.tally();
    long before = 0;
    for (long tick = counted + Bench.SECOND; tick <= end; tick += Bench.SECOND) {
      Bench.waitUntil(tick);
      long now = tally.arrived.sum();
      bench.say(
          "%3d s  %,9d delivered/s  accepted %,d  refused %,d",
          (tick - counted) / Bench.SECOND, now - before, tally.accepted.sum(), tally.refused.sum());
      before = now;
    }
    Bench.waitUntil(end);
  }
}
