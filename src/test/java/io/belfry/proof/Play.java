package io.belfry.proof;

import io.belfry.testing.TestTokens;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// One world with its actors, from the first subscription to the verdict.
final class Play {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long LOOK_MILLIS = 250;

  private final World world;
  private final Stage stage;
  private final List<Device> devices;
  private final List<Pusher> pushers = new ArrayList<>();
  private final List<Nemesis> nemeses;
  private final Map<String, Client> byDevice;
  private final Set<Event.DeadLetter> deadLetters = new HashSet<>();

  Play(World world, long seed, int clients, int pushers) {
    this.world = world;
    this.stage = new Stage(world.places(), seed);
    List<Client> cast = Cast.clients(clients);
    this.devices = cast.stream().map(client -> new Device(stage, client)).toList();
    this.byDevice = cast.stream().collect(Collectors.toMap(Client::device, Function.identity()));
    for (int i = 0; i < pushers; i++) {
      this.pushers.add(new Pusher(stage, "p" + i, Cast.destinations(), 20));
    }
    this.nemeses =
        List.of(
            new Nemesis(stage, "processes", world.processes()),
            new Nemesis(stage, "networks", world.networks()),
            new Nemesis(stage, "clocks", world.clocks()));
  }

  World world() {
    return world;
  }

  History history() {
    return stage.history;
  }

  /// Plays for so long, then until all that is owed has come, or patience is at its end.
  Verdict run(Duration time) throws InterruptedException {
    List<Thread> audience = devices.stream().map(device -> start(device::run)).toList();
    for (Device device : devices) {
      if (!device.awaitJoined()) {
        throw new IllegalStateException("not everyone could subscribe:\n  " + troubles());
      }
    }
    List<Thread> acts = new ArrayList<>();
    pushers.forEach(pusher -> acts.add(start(pusher::run)));
    List<Failing> hands = nemeses.stream().map(nemesis -> new Failing(nemesis::run)).toList();
    stage.idle(time.toMillis());
    stage.calm();
    for (Failing hand : hands) {
      hand.join();
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (Thread act : acts) {
      act.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
    }
    Pusher last = new Pusher(stage, "last", List.of(), 1);
    for (String destination : Cast.destinations()) {
      last.last(destination);
    }
    awaitQuiet(end);
    stage.end();
    for (Thread each : audience) {
      each.join(Duration.ofSeconds(20));
    }
    return Checker.check(stage.history.events());
  }

  // Until nothing is owed, and nothing more comes.
  private void awaitQuiet(long end) throws InterruptedException {
    long before = -1;
    while (System.nanoTime() < end) {
      noteDeadLetters();
      long delivered = count(Event.Delivered.class);
      if (delivered == before && Checker.owed(stage.history.events()) == 0) {
        return;
      }
      before = delivered;
      stage.pause(LOOK_MILLIS);
    }
  }

  private void noteDeadLetters() throws InterruptedException {
    String path = "/dead-letters?limit=1000&after=";
    long after = 0;
    try {
      for (JsonNode page = page(path + after); !page.isEmpty(); page = page(path + after)) {
        for (JsonNode letter : page) {
          after = letter.get("offset").longValue();
          note(letter);
        }
      }
    } catch (IOException away) {
      // The next look may find it.
    }
  }

  private static String text(JsonNode node, String name) {
    return node.get(name).stringValue();
  }

  private JsonNode page(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        Http.send(Http.request(world.places().getFirst(), path, TestTokens.admin()).build());
    if (answer.statusCode() != 200) {
      throw new IOException("dead letters were answered " + answer.statusCode());
    }
    return Http.JSON.readTree(answer.body());
  }

  private void note(JsonNode letter) {
    Client client = byDevice.get(text(letter, "device"));
    if (client != null) {
      Event.DeadLetter event =
          new Event.DeadLetter(
              0,
              client.name(),
              text(letter, "destination"),
              letter.get("entry").get("offset").longValue());
      if (deadLetters.add(event)) {
        stage.history.add(event);
      }
    }
  }

  private <T extends Event> long count(Class<T> kind) {
    return stage.history.all(kind).count();
  }

  /// A line of how it goes.
  String progress() {
    String faults =
        nemeses.stream()
            .map(Nemesis::current)
            .filter(current -> !current.isEmpty())
            .collect(Collectors.joining(", "));
    return "%s: %d pushed, %d answered, %d delivered, %d acknowledged%s"
        .formatted(
            world.name(),
            count(Event.Sent.class),
            count(Event.Answered.class),
            count(Event.Delivered.class),
            count(Event.Acknowledged.class),
            faults.isEmpty() ? "" : "; " + faults);
  }

  /// Why clients have no connection, where they have none.
  String troubles() {
    return devices.stream()
        .map(device -> device.name() + " " + device.trouble())
        .collect(Collectors.joining("\n  "));
  }

  private static Thread start(Runnable act) {
    return Thread.ofVirtual().start(act);
  }

  /// A thread whose failure is that of who waits for it.
  private static final class Failing {
    private final Thread thread;
    private volatile @org.jspecify.annotations.Nullable RuntimeException failure;

    Failing(Runnable act) {
      thread =
          start(() -> {
            try {
              act.run();
            } catch (RuntimeException failed) {
              failure = failed;
            }
          });
    }

    void join() throws InterruptedException {
      thread.join();
      RuntimeException failed = failure;
      if (failed != null) {
        throw failed;
      }
    }
  }
}
