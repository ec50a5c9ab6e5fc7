package io.belfry.bench;

import java.io.IOException;
import java.util.OptionalLong;

/// Users are connected, and nothing is pushed.
final class IdleLoad {
  private final Bench bench;
  private final Users users;

  IdleLoad(Bench bench, Users users) {
    this.bench = bench;
    this.users = users;
  }

  void run() throws IOException, InterruptedException {
    ServerProcess server = bench.server();
    OptionalLong heap = server.heapBytes();
    long rss = server.rssBytes();
    double connecting = server.cpuSeconds();
    users.connect();
    double cpu = server.cpuSeconds();
    long start = System.nanoTime();
    Bench.waitUntil(start + bench.options().duration().toNanos());
    if (server.isKnown()) {
      bench.say(
          "node  %.1f CPU s while they connected, %.3f a second since; for each RSS %+.1f KB, %s",
          cpu - connecting,
          (server.cpuSeconds() - cpu) / Bench.secondsSince(start),
          forEach(server.rssBytes() - rss),
          heap(heap, server.heapBytes()));
    }
  }

  private String heap(OptionalLong before, OptionalLong after) {
    return before.isEmpty() || after.isEmpty()
        ? "heap not known (it takes a JDK, and the node's own user)"
        : "heap %+.1f KB after a collection"
            .formatted(forEach(after.getAsLong() - before.getAsLong()));
  }

  private double forEach(long bytes) {
    return bytes / 1024.0 / bench.options().users();
  }
}
