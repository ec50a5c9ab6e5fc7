package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.InMemoryStore;
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

  private static final class Ticked extends FakeConnection {
    private final long rest;
    private int ticks;

    Ticked(long rest) {
      super("alice", "phone");
      this.rest = rest;
    }

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
