package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Destination;
import io.belfry.core.log.From;
import io.belfry.core.log.InMemoryStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CursorKeeperTests {
  private static final CursorKey KEY =
      new CursorKey(new Destination.Queue("alice", "notifications"), "alice", "phone");

  private final InMemoryStore store = new InMemoryStore();
  private final CursorKeeper keeper = new CursorKeeper(store, store, Duration.ofSeconds(1));

  @AfterEach
  void close() {
    keeper.close();
  }

  @Test
  void aCursorThatIsOpenStaysInUseThoughNothingChanges() {
    keeper.open(KEY, new From.Cursor());
    int before = store.merges.get();

    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (store.merges.get() < before + 3 && System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }

    assertThat(store.merges.get()).isGreaterThanOrEqualTo(before + 3);
  }
}
