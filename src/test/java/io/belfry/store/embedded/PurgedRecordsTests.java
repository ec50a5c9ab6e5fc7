package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where very many devices are gone for good, pushes are not to wait until all their records are
/// deleted.
class PurgedRecordsTests {
  private static final Duration EXPIRY = Duration.ofHours(1);

  @TempDir Path directory;
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

  @Test
  void othersGetTheirTurnBetween() {
    try (EmbeddedStore store = EmbeddedStore.open(directory, Retention.defaults(), now::get)) {
      CompletableFuture.allOf(
              IntStream.range(0, 1000)
                  .mapToObj(i -> CompletableFuture.runAsync(() -> put(store, "device" + i, EXPIRY)))
                  .toArray(CompletableFuture[]::new))
          .join();
      put(store, "kept", EXPIRY.multipliedBy(3));
      now.set(now.get().plus(EXPIRY.multipliedBy(2)));
      long before = store.counters().commits();

      store.compact();

      assertThat(store.counters().commits() - before).isBetween(15L, 17L);
      now.set(now.get().minus(EXPIRY.multipliedBy(2)));
      assertThat(store.deviceRecords().get("alice", "device999")).isNull();
      assertThat(store.deviceRecords().get("alice", "kept")).isNotNull();
    }
  }

  private void put(EmbeddedStore store, String device, Duration expiry) {
    store.deviceRecords().put("alice", device, new byte[] {1}, now.get().plus(expiry));
  }
}
