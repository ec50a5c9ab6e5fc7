package io.belfry.proof;

import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A client that comes and goes, by any of its doors and to any node, in every temper, until it is
/// calm; then it stays, and takes and acknowledges all that comes.
final class Device {
  private static final int MAX_HELD = 15;
  private static final long TURN_MILLIS = 50;
  private static final int POISON = 40;
  private static final int JOIN_SECONDS = 60;

  private final Stage stage;
  private final Client client;
  private final Random random;
  private final CountDownLatch joined = new CountDownLatch(1);
  private final Queue<Link> gone = new ConcurrentLinkedQueue<>();
  private volatile String trouble = "";

  Device(Stage stage, Client client) {
    this.stage = stage;
    this.client = client;
    this.random = stage.random(client.name());
  }

  /// Lives until the stage is over.
  void run() {
    try {
      while (!stage.isOver()) {
        visit();
        stage.idle(50 + random.nextInt(500));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      gone.forEach(Link::close);
    }
  }

  /// Waits until it was subscribed once, and answers whether it was.
  boolean awaitJoined() throws InterruptedException {
    return joined.await(JOIN_SECONDS, TimeUnit.SECONDS);
  }

  String name() {
    return client.name();
  }

  /// Why its last connection ended.
  String trouble() {
    return trouble;
  }

  private void visit() throws InterruptedException {
    Door door = client.doors().get(random.nextInt(client.doors().size()));
    // Once: it may become calm while the connection is being opened, and who is not tidy goes then.
    boolean isCalm = stage.isCalm();
    Temper temper = isCalm ? Temper.TIDY : Temper.any(random);
    String connection = stage.connection(door);
    long from = stage.history.now();
    Visit visit = null;
    String how = "closed";
    try (Link link = new Leaving(door.open(stage.place(random), client), gone)) {
      open(connection, door, from, temper);
      visit = new Visit(link, connection, temper, isCalm);
      visit.stay();
      how = visit.part();
    } catch (IOException | RuntimeException broken) {
      how = "broken: " + broken;
      if (visit == null && !(broken instanceof ConnectException)) {
        fail(from);
      }
    }
    trouble = how;
    if (visit != null) {
      stage.history.add(new Event.Closed(stage.history.now(), connection, how));
    }
  }

  private void fail(long from) {
    for (String destination : client.destinations()) {
      stage.history.add(new Event.Failed(stage.history.now(), from, client.name(), destination));
    }
  }

  private void open(String connection, Door door, long from, Temper temper) {
    for (String destination : client.destinations()) {
      stage.history.add(
          new Event.Opened(
              stage.history.now(),
              from,
              connection,
              door.word,
              client.name(),
              destination,
              client.auto(),
              temper));
    }
    joined.countDown();
  }

  /// One connection, from its opening to its end.
  private final class Visit {
    private final Link link;
    private final String connection;
    private final Temper temper;
    private final boolean wasCalm;
    private final long end;
    private final Deque<Received> held = new ArrayDeque<>();
    private boolean wasDeaf;

    Visit(Link link, String connection, Temper temper, boolean wasCalm) {
      this.link = link;
      this.connection = connection;
      this.temper = temper;
      this.wasCalm = wasCalm;
      this.end = stage.history.now() + (300 + random.nextInt(4000)) * 1000L;
    }

    void stay() throws IOException, InterruptedException {
      while (!isTime()) {
        Received received = link.next(TURN_MILLIS);
        if (received != null) {
          take(received);
        } else if (temper == Temper.LATE) {
          acknowledgeHeld();
        }
        if (temper == Temper.DEAF && !wasDeaf) {
          wasDeaf = true;
          stage.idle(500 + random.nextInt(2500));
        }
      }
    }

    private boolean isTime() {
      return stage.isOver() || (!wasCalm && (stage.isCalm() || stage.history.now() > end));
    }

    private void take(Received received) throws IOException, InterruptedException {
      stage.history.add(
          new Event.Delivered(
              stage.history.now(),
              connection,
              client.name(),
              received.destination(),
              received.offset(),
              received.message(),
              received.redelivered(),
              received.gap()));
      if (client.auto() || received.offset() == Event.NONE || temper == Temper.MUTE) {
        return;
      }
      if (temper == Temper.LATE && held.size() < MAX_HELD) {
        held.add(received);
      } else {
        acknowledgeHeld();
        settle(received);
      }
    }

    private void acknowledgeHeld() throws IOException, InterruptedException {
      for (Received received = held.poll(); received != null; received = held.poll()) {
        settle(received);
      }
    }

    // A few messages are poison to a few devices, each time anew.
    private void settle(Received received) throws IOException, InterruptedException {
      String text = client.name() + received.message();
      if (link.canRefuse() && Math.floorMod(text.hashCode(), POISON) == 0) {
        link.refuse(received);
        stage.history.add(
            new Event.Refused(
                stage.history.now(),
                connection,
                client.name(),
                received.destination(),
                received.offset()));
      } else {
        acknowledge(received);
      }
    }

    // Noted before it is sent: whatever becomes of it, this client has done with the message.
    private void acknowledge(Received received) throws IOException, InterruptedException {
      stage.history.add(
          new Event.Acknowledged(
              stage.history.now(),
              connection,
              client.name(),
              received.destination(),
              received.offset(),
              link.isCumulative()));
      link.acknowledge(received);
      if (link.keepsAtOnce()) {
        stage.history.add(new Event.Kept(stage.history.now(), connection));
      }
    }

    String part() throws IOException, InterruptedException {
      return switch (temper) {
        case VANISHING -> vanish();
        case TIDY, LATE -> leave();
        case HASTY, MUTE, DEAF -> "closed";
      };
    }

    private String vanish() {
      link.vanish();
      return "vanished";
    }

    private String leave() throws IOException, InterruptedException {
      acknowledgeHeld();
      if (!link.leave()) {
        return "left";
      }
      stage.history.add(new Event.Kept(stage.history.now(), connection));
      return "left, and kept";
    }
  }

  /// A link that is not closed where its client has vanished, but at the very end.
  private static final class Leaving implements Link {
    private final Link link;
    private final Queue<Link> gone;
    private boolean hasVanished;

    Leaving(Link link, Queue<Link> gone) {
      this.link = link;
      this.gone = gone;
    }

    @Override
    public @Nullable Received next(long millis) throws IOException, InterruptedException {
      return link.next(millis);
    }

    @Override
    public void acknowledge(Received message) throws IOException, InterruptedException {
      link.acknowledge(message);
    }

    @Override
    public boolean isCumulative() {
      return link.isCumulative();
    }

    @Override
    public boolean keepsAtOnce() {
      return link.keepsAtOnce();
    }

    @Override
    public boolean canRefuse() {
      return link.canRefuse();
    }

    @Override
    public void refuse(Received message) throws IOException, InterruptedException {
      link.refuse(message);
    }

    @Override
    public boolean leave() throws IOException, InterruptedException {
      return link.leave();
    }

    @Override
    public void vanish() {
      hasVanished = true;
      link.vanish();
      gone.add(link);
    }

    @Override
    public void close() {
      if (!hasVanished) {
        link.close();
      }
    }
  }
}
