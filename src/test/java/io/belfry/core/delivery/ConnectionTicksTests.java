package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.InMemoryStore;
import io.belfry.core.log.Session;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Which connections are ticked, and when.
class ConnectionTicksTests {
  private final Connections connections =
      new Connections(new InMemoryStore().presence(), DeliverySettings.defaults());

  @Test
  void aConnectionIsTickedInEachTurnUntilItHasEnded() {
    Ticked connection = new Ticked(0);
    connections.open(connection, true);
    connections.tick();
    connections.tick();
    connections.closed(connection);
    connections.tick();

    assertThat(connection.ticks).isEqualTo(2);
  }

  @Test
  void oneThatRestsIsLeftAloneAndComesBackInTime() {
    Ticked connection = new Ticked(TimeUnit.SECONDS.toNanos(1));
    connections.open(connection, true);
    connections.tick();
    connections.tick();
    assertThat(connection.ticks).isEqualTo(1);

    for (int i = 0; i < Rounds.TURNS; i++) {
      connections.tick();
    }
    assertThat(connection.ticks).isBetween(2, 6);
  }

  private static final class Ticked implements Connection {
    private final Session session =
        new Session("s", "alice", "phone", "fake", "node", Instant.EPOCH);
    private final long rest;
    private int ticks;

    Ticked(long rest) {
      this.rest = rest;
    }

    @Override
    public Session session() {
      return session;
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
    public void close(CloseReason reason) {}

    @Override
    public void tick() {
      ticks++;
    }

    @Override
    public long restNanos() {
      return rest;
    }
  }
}
