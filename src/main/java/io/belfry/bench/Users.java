package io.belfry.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// The users of a benchmark, each with a connection of its own.
final class Users implements AutoCloseable {
  private static final int AT_ONCE = 100;

  private final Bench bench;
  private final List<Client> clients = new ArrayList<>();
  private final List<String> tokens = new ArrayList<>();

  Users(Bench bench) {
    this.bench = bench;
  }

  static String name(int user) {
    return "bench" + user;
  }

  /// Connects them, a hundred at a time, and says how long it took.
  void connect() throws IOException, InterruptedException {
    connect(AT_ONCE);
  }

  /// Connects them, `atOnce` at a time, and says how long it took.
  ///
  /// @throws IOException saying why, where not one of them could be connected
  void connect(int atOnce) throws IOException, InterruptedException {
    int users = bench.options().users();
    while (tokens.size() < users) {
      tokens.add(bench.token(name(tokens.size()), ""));
    }
    long start = System.nanoTime();
    for (int first = 0; first < users; first += atOnce) {
      connect(first, Math.min(atOnce, users - first));
    }
    bench.say(
        "connected %d of %d in %.1f s",
        bench.tally().connected.get(), users, Bench.secondsSince(start));
    if (bench.tally().connected.get() == 0) {
      throw new IOException(
          "No user could be connected to "
              + bench.options().url()
              + ": if the tokens are refused, give the node's settings, --belfry.auth.secret=… say,"
              + " or start this where the node was started. "
              + bench.tally().complaint());
    }
  }

  private void connect(int first, int count) throws InterruptedException {
    CountDownLatch ready = new CountDownLatch(count);
    for (int user = first; user < first + count; user++) {
      Client client = client(user, ready);
      clients.add(client);
      Thread.startVirtualThread(client);
    }
    ready.await();
  }

  private Client client(int user, CountDownLatch ready) {
    BenchOptions options = bench.options();
    String token = tokens.get(user);
    return options.door() == BenchOptions.Door.WEBSOCKET
        ? new Subscriber(options, token, bench.tally(), ready)
        : new IdleClient(options, name(user), token, bench.tally(), ready);
  }

  /// Disconnects them.
  @Override
  public void close() {
    clients.forEach(Client::close);
    clients.clear();
    Bench.await(() -> bench.tally().connected.get() == 0);
  }
}
