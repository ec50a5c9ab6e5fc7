package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.InMemoryStore;
import io.belfry.core.log.Session;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Clients that have not yet shown who they are.
class StrangersTests {
  private static final class Stranger implements Connection {
    final AtomicInteger ticks = new AtomicInteger();
    Runnable whenTicked = () -> {};
    final AtomicReference<@Nullable CloseReason> closed = new AtomicReference<>();

    @Override
    public Session session() {
      throw new AssertionError("nobody knows");
    }

    @Override
    public boolean send(Subscription to, List<Delivery> batch) {
      return false;
    }

    @Override
    public long takingNanos() {
      return 0;
    }

    @Override
    public void close(CloseReason reason) {
      closed.set(reason);
    }

    @Override
    public void tick() {
      ticks.incrementAndGet();
      whenTicked.run();
    }
  }

  private final InMemoryStore store = new InMemoryStore();
  private final Connections connections =
      new Connections(store.presence(), DeliverySettings.defaults());
  private final CursorKeeper cursors = new CursorKeeper(store, Duration.ofDays(1));
  private final Stranger stranger = new Stranger();

  @AfterEach
  void end() {
    cursors.close();
  }

  @Test
  void aStrangerIsTickedUntilItLeaves() {
    connections.came(stranger);
    connections.tick();
    connections.left(stranger);
    connections.tick();

    assertThat(stranger.ticks).hasValue(1);
    assertThat(connections.count()).isZero();
    assertThat(connections.all()).isEmpty();
  }

  @Test
  void whereOneHasADefectTheOthersHaveTheirTurn() {
    stranger.whenTicked =
        () -> {
          throw new IllegalStateException("a defect, planted by a test");
        };
    List<Stranger> others = Stream.generate(Stranger::new).limit(20).toList();
    connections.came(stranger);
    others.forEach(connections::came);

    connections.tick();

    assertThat(stranger.closed).hasValue(CloseReason.DEFECT);
    assertThat(others).allSatisfy(other -> assertThat(other.ticks).hasValue(1));
  }

  @Test
  void aDrainClosesStrangersAndWaitsForThem() {
    connections.came(stranger);
    connections.depart();
    Thread drain =
        Thread.ofVirtual()
            .start(() -> new Departure(connections, cursors, Duration.ofMinutes(1)).run());
    org.awaitility.Awaitility.await().until(() -> stranger.closed.get() == CloseReason.GOING);
    assertThat(drain.isAlive()).isTrue();

    connections.left(stranger);

    org.awaitility.Awaitility.await().until(() -> !drain.isAlive());
  }

  @Test
  void whoComesDuringADrainIsSentAway() {
    connections.depart();

    connections.came(stranger);

    assertThat(stranger.closed).hasValue(CloseReason.GOING);
  }
}
