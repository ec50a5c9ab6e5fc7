package io.belfry.proof;

import io.belfry.testing.TestTokens;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A node that clients come to and leave, by all doors and in all manners, in waves. Between two
/// waves nobody is there, and what the node still has is counted.
final class Soak {
  private static final List<Door> DOORS = List.of(Door.values());
  private static final int CLIENTS = 40;
  private static final int USERS = 50;
  private static final int DEVICES = 4;
  private static final int PUSHERS = 2;
  private static final long PUSH_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long TURN_MILLIS = 50;
  private static final Duration WAVE = Duration.ofSeconds(45);
  private static final Duration REST = Duration.ofSeconds(2);

  // A listening is kept for half a minute after the last subscription.
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Seat seat;
  private final Random seeds;
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong deliveries = new AtomicLong();
  private final AtomicLong broken = new AtomicLong();
  private final ConcurrentLinkedQueue<Link> vanished = new ConcurrentLinkedQueue<>();

  Soak(Seat seat, long seed) {
    this.seat = seat;
    this.seeds = new Random(seed);
  }

  /// Plays waves until the time is over, at least three, and answers whether the node grew.
  Growth run(Duration time) throws Exception {
    long end = System.nanoTime() + time.toNanos();
    List<Census> all = new ArrayList<>();
    while (all.size() < 3 || System.nanoTime() < end) {
      wave();
      Census census = rest();
      all.add(census);
      Proof.say(
          "soak: %d connections, %d broken, %d deliveries: %s"
              .formatted(connections.get(), broken.get(), deliveries.get(), census));
    }
    Growth growth = Growth.of(all);
    Proof.say(growth.line(connections.get(), deliveries.get()));
    return growth;
  }

  private void wave() throws Exception {
    long end = System.nanoTime() + WAVE.toNanos();
    try (ExecutorService actors = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Random random = new Random(seeds.nextLong());
        all.add(actors.submit(() -> visits(random, end)));
      }
      for (int i = 0; i < PUSHERS; i++) {
        Random random = new Random(seeds.nextLong());
        all.add(actors.submit(() -> pushes(random, end)));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    for (Link link = vanished.poll(); link != null; link = vanished.poll()) {
      link.close();
    }
  }

  private @Nullable Void visits(Random random, long end) throws InterruptedException {
    while (System.nanoTime() < end) {
      String user = "u" + random.nextInt(USERS);
      Door door = DOORS.get(random.nextInt(DOORS.size()));
      Client client =
          new Client(
              user,
              "d" + random.nextInt(DEVICES) + door.word,
              List.of(random.nextInt(4) == 0 ? Cast.TOPIC : "/user/" + user + "/queue/q"),
              List.of(door),
              random.nextBoolean(),
              random.nextBoolean());
      connections.incrementAndGet();
      try {
        visit(door.open(seat.place(), client), client, random);
      } catch (IOException | RuntimeException gone) {
        broken.incrementAndGet();
      }
    }
    return null;
  }

  private void visit(Link link, Client client, Random random)
      throws IOException, InterruptedException {
    Temper temper = Temper.any(random);
    try {
      long end = System.nanoTime() + Duration.ofMillis(random.nextInt(4000)).toNanos();
      while (System.nanoTime() < end) {
        Received received = link.next(TURN_MILLIS);
        if (received != null) {
          deliveries.incrementAndGet();
          settle(link, client, received, temper, random);
        }
      }
      if (temper == Temper.TIDY) {
        var ignored = link.leave();
      }
    } finally {
      if (temper == Temper.VANISHING) {
        link.vanish();
        vanished.add(link);
      } else {
        link.close();
      }
    }
  }

  private static void settle(
      Link link, Client client, Received received, Temper temper, Random random)
      throws IOException, InterruptedException {
    if (client.auto() || received.offset() == Event.NONE || temper == Temper.MUTE) {
      return;
    }
    if (link.canRefuse() && random.nextInt(20) == 0) {
      link.refuse(received);
    } else {
      link.acknowledge(received);
    }
  }

  private @Nullable Void pushes(Random random, long end) throws InterruptedException {
    for (int i = 0; System.nanoTime() < end; i++) {
      String to =
          random.nextInt(10) == 0 ? Cast.TOPIC : "/user/u" + random.nextInt(USERS) + "/queue/q";
      var request =
          Http.request(seat.place(), to, TestTokens.push())
              .header("Idempotency-Key", "k" + random.nextLong())
              .POST(BodyPublishers.ofString("m" + i + " " + "x".repeat(random.nextInt(400))));
      if (random.nextInt(5) == 0) {
        request.header("Topic", "c" + random.nextInt(3));
      }
      if (random.nextInt(10) == 0) {
        request.header("TTL", Integer.toString(random.nextInt(3)));
      }
      try {
        var ignored = Http.send(request.build());
      } catch (IOException away) {
        broken.incrementAndGet();
      }
      LockSupport.parkNanos(PUSH_PAUSE_NANOS);
    }
    return null;
  }

  // Waits until nobody is there any more.
  private Census rest() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Census census = Census.of(seat.node().pid());
    while (!census.isAtRest() && System.nanoTime() < end) {
      LockSupport.parkNanos(REST.toNanos());
      census = Census.of(seat.node().pid());
    }
    return census;
  }
}
