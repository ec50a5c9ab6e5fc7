package io.belfry.bench;

/// Users are connected, and nothing is pushed.
final class IdleLoad {
  private final Bench bench;
  private final Users users;

  IdleLoad(Bench bench, Users users) {
    this.bench = bench;
    this.users = users;
  }

  void run() throws InterruptedException {
    ServerProcess server = bench.server();
    long before = server.rssBytes();
    double connecting = server.cpuSeconds();
    users.connect();
    double cpu = server.cpuSeconds();
    long start = System.nanoTime();
    Bench.waitUntil(start + bench.options().duration().toNanos());
    if (server.isKnown()) {
      bench.say(
          "node  %.1f CPU s while they connected, %.3f a second since; RSS %+.1f KB for each",
          cpu - connecting,
          (server.cpuSeconds() - cpu) / Bench.secondsSince(start),
          (server.rssBytes() - before) / 1024.0 / bench.options().users());
    }
  }
}
