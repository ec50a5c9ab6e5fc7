package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Destination;
import io.belfry.core.log.From;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.core.log.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the embedded store gives back of its space once nobody has a use for it.
class SpaceTests {
  private static final Destination INBOX = new Destination.Queue("alice", "inbox");

  @TempDir Path directory;
  private final SettableClock clock = new SettableClock();

  @Test
  void theSpaceOfWhatExpiredComesBack() throws Exception {
    Duration ttl = Duration.ofHours(1);
    try (EmbeddedStore store = open(new Retention(ttl, 100_000, ttl, ttl))) {
      fill(store, 1500, 10_000);
      assertThat(size(directory)).isGreaterThan(14_000_000);
      clock.advance(ttl);
      store.logs().append(push(new byte[10], "another")).join();
      store.compact();

      assertThat(sizeOfRows(directory)).isLessThan(1_000_000);
      assertThat(store.logs().after(INBOX, 0, 9, Long.MAX_VALUE).entries()).hasSize(1);
    }
  }

  @Test
  void theSpaceOfWhatWasDroppedComesBack() throws Exception {
    Duration ttl = Duration.ofHours(1);
    try (EmbeddedStore store = open(new Retention(ttl, 10, ttl, ttl))) {
      fill(store, 1500, 10_000);
      store.compact();

      assertThat(sizeOfRows(directory)).isLessThan(1_000_000);
      assertThat(store.logs().after(INBOX, 0, 99, Long.MAX_VALUE).entries()).hasSize(10);
    }
  }

  @Test
  void theSpaceOfKeysAndCursorsComesBack() throws Exception {
    Duration keep = Duration.ofHours(1);
    try (EmbeddedStore store = open(new Retention(Duration.ofDays(7), 1, keep, keep))) {
      fill(store, 3000, 10);
      for (int i = 0; i < 200; i++) {
        store
            .cursors()
            .open(new CursorKey(new Destination.Topic("t" + i), "u", "d"), new From.Latest());
      }
      store.compact();
      assertThat(rows(store, Family.KEYS)).isEqualTo(3000);
      assertThat(rows(store, Family.CURSORS)).isEqualTo(200);
      clock.advance(keep.multipliedBy(2));
      store.compact();

      assertThat(rows(store, Family.KEYS)).isZero();
      assertThat(rows(store, Family.CURSORS)).isZero();
      assertThat(sizeOfRows(directory)).isLessThan(500_000);
    }
  }

  @Test
  void aLowerLimitHoldsAfterTheNextSweep() {
    try (EmbeddedStore store = open(Retention.defaults())) {
      fill(store, 100, 10);
    }
    Retention before = Retention.defaults();
    Retention less = new Retention(before.ttl(), 7, before.deviceTtl(), before.idempotencyKeep());
    try (EmbeddedStore store = open(less)) {
      store.compact();
      var batch = store.logs().after(INBOX, 0, 1000, Long.MAX_VALUE);
      assertThat(batch.entries()).hasSize(7);
      assertThat(batch.trimmed()).isPositive();
    }
  }

  private static void fill(EmbeddedStore store, int entries, int bytes) {
    Random random = new Random(5);
    CompletableFuture<?>[] all = new CompletableFuture<?>[entries];
    for (int i = 0; i < entries; i++) {
      byte[] body = new byte[bytes];
      random.nextBytes(body);
      all[i] = store.logs().append(push(body, "key-" + i));
    }
    CompletableFuture.allOf(all).join();
  }

  private static Push push(byte[] body, String key) {
    return Push.of(
        INBOX, Map.of("Idempotency-Key", key, "TTL", "3600"), body, Retention.defaults());
  }

  private EmbeddedStore open(Retention retention) {
    return EmbeddedStore.open(directory, retention, clock);
  }

  private static int rows(EmbeddedStore store, Family family) {
    int[] count = {0};
    store.database().scan(family, Keys.EMPTY, new byte[] {-1}, (key, value) -> ++count[0] > 0);
    return count[0];
  }

  // Its WAL files are written again, so they stay as large as they were.
  private static long sizeOfRows(Path directory) throws IOException {
    long logs = size(directory, file -> file.toString().endsWith(".log"));
    assertThat(logs).isLessThan(3L * 32 * 1024 * 1024);
    return size(directory) - logs;
  }

  private static long size(Path directory) throws IOException {
    return size(directory, file -> true);
  }

  private static long size(Path directory, Predicate<Path> which) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .filter(which)
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }
}
