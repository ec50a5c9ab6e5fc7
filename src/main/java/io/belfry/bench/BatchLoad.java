package io.belfry.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// Services push many entries with each request, to users who are not there.
final class BatchLoad {
  static final int LINES = 1000;

  private final Bench bench;
  private final LongAdder pushed = new LongAdder();

  BatchLoad(Bench bench) {
    this.bench = bench;
  }

  void run() throws IOException, InterruptedException {
    load(bench.options().warmup().toNanos());
    double cpu = bench.server().cpuSeconds();
    long before = pushed.sum();
    long start = System.nanoTime();
    load(bench.options().duration().toNanos());
    long entries = pushed.sum() - before;
    if (pushed.sum() == 0 && bench.tally().refused.sum() > 0) {
      throw new IOException(bench.tally().complaint());
    }
    bench.say(
        "accepted %,d entries (%,.0f/s)  refused requests %,d",
        entries, entries / Bench.secondsSince(start), bench.tally().refused.sum());
    bench.sayCost(cpu, entries, "entries");
  }

  private void load(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    String token = bench.token("bench", "push");
    List<Thread> services = new ArrayList<>();
    for (int i = 0; i < bench.options().pushers(); i++) {
      services.add(Thread.startVirtualThread(() -> push(token, end)));
    }
    for (Thread service : services) {
      service.join();
    }
  }

  private void push(String token, long end) {
    BenchOptions options = bench.options();
    byte[] lines = lines(options, 0, LINES, Stamp.UNCOUNTED);
    try (HttpPusher service = new HttpPusher(options, token)) {
      while (System.nanoTime() < end) {
        service.pushBatch(lines);
        pushed.add(LINES);
      }
    } catch (IOException gone) {
      bench.tally().refused("A batch was not accepted: " + gone.getMessage());
    }
  }

  /// @param first number of the first line's user; each line goes to the next one
  /// @param number that all of them carry, as [Stamp] has it
  static byte[] lines(BenchOptions options, int first, int count, long number) {
    byte[] body = Stamp.body(System.nanoTime(), number, options.body());
    String rest = "/queue/bench\",\"body\":" + new String(body, HttpPusher.ASCII) + "}\n";
    StringBuilder lines = new StringBuilder(count * (rest.length() + 24));
    for (int i = 0; i < count; i++) {
      String user = Users.name((first + i) % options.users());
      lines.append("{\"to\":\"/user/").append(user).append(rest);
    }
    return lines.toString().getBytes(HttpPusher.ASCII);
  }
}
