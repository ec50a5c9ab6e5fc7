package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.From;
import io.belfry.core.log.InMemoryStore;
import io.belfry.testing.Interleavings;
import io.belfry.testing.Interleavings.Actor;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// A device comes and goes while what it settled is written behind, and others want that done.
class CursorKeeperInterleavingTests {
  private static final int ROUNDS = 300;
  private static final int VISITS = 3;

  private final InMemoryStore store = new InMemoryStore();
  private final CursorKeeper keeper = new CursorKeeper(store, Duration.ofDays(1));
  private final AtomicInteger users = new AtomicInteger();

  private final class Coming implements Interleavings.Round {
    private final String user = "u" + users.incrementAndGet();

    @Override
    public List<Actor> actors() {
      return List.of(() -> comeAndGo("phone"), () -> comeAndGo("laptop"), this::flush);
    }

    // A device of its own cursor starts where it was, however often it comes.
    private void comeAndGo(String device) {
      CursorKey key = new CursorKey(DeliveryFixture.INBOX, user, device);
      long settled = 0;
      for (int i = 0; i < VISITS; i++) {
        CursorKeeper.Opened opened = keeper.open(key, new From.Cursor());
        assertThat(opened.start()).isGreaterThanOrEqualTo(settled);
        settled = opened.start() + 1;
        opened.cursor().settleThrough(settled);
        keeper.release(opened.cursor());
      }
      assertThat(keeper.start(key)).isGreaterThanOrEqualTo(settled);
    }

    private void flush() throws Exception {
      for (int i = 0; i < VISITS; i++) {
        keeper.flush().get(30, TimeUnit.SECONDS);
      }
    }

    @Override
    public void check() throws Exception {
      keeper.flush().get(30, TimeUnit.SECONDS);
      CursorState phone = store.of(DeliveryFixture.INBOX, user).get("phone");
      assertThat(Objects.requireNonNull(phone).settled()).isGreaterThanOrEqualTo(VISITS);
    }
  }

  @Test
  void whoComesBackStartsWhereItWas() throws Exception {
    store.beforeMerge = () -> LockSupport.parkNanos(20_000);
    Interleavings.explore(ROUNDS, Coming::new);
    keeper.close();
  }
}
