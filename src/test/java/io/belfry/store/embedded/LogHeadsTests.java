package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// The head of a log that is read anew is the one that the committer worked with, whatever changed
/// the log last.
class LogHeadsTests {
  // One name is the beginning of the other.
  private static final List<Destination> LOGS =
      List.of(
          new Destination.Queue("al", "q"),
          new Destination.Queue("al", "qq"),
          new Destination.Topic("al"));
  private static final int MAX_MESSAGES = 5;

  @TempDir Path directory;
  private Database database;
  private LogRows rows;
  private Retention retention;
  private final Cache<Destination, HotLog> hot = Caffeine.newBuilder().build();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @BeforeEach
  void open() throws Exception {
    database = new Database(directory);
    retention =
        new Retention(Duration.ofDays(7), MAX_MESSAGES, Duration.ofDays(30), Duration.ofHours(24));
    rows = new LogRows(MAX_MESSAGES, new DeadRows(retention));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void aLogThatWasNeverAppendedToHasNone() {
    assertThat(LogHeads.of(database, Keys.log(LOGS.getFirst()))).isNull();
  }

  @Test
  void itIsTheOneThatTheLastChangeLeft() throws RocksDBException {
    Random random = new Random(5);
    for (int batch = 0; batch < 2_000; batch++) {
      Changes changes = new Changes(database, hot, now);
      for (int i = random.nextInt(6); i >= 0; i--) {
        change(changes, LOGS.get(random.nextInt(LOGS.size())), random);
      }
      write(changes);
      for (Destination log : LOGS) {
        assertHeadIsReadAsItWas(log);
      }
      now = now.plusMillis(random.nextInt(400));
    }
  }

  @Test
  void anAppendWritesNoRowOfItsOwnButTheFirst() throws RocksDBException {
    Destination log = LOGS.getFirst();
    appendOne(log);
    byte[] row = database.get(Family.LOGS, Keys.log(log));
    appendOne(log);
    appendOne(log);

    assertThat(database.get(Family.LOGS, Keys.log(log))).isEqualTo(row);
    LogMeta head = Objects.requireNonNull(LogHeads.of(database, Keys.log(log)));
    assertThat(head.count()).isEqualTo(3);
  }

  private void appendOne(Destination log) throws RocksDBException {
    Changes changes = new Changes(database, hot, now);
    rows.append(changes, push(log, Map.of()));
    write(changes);
  }

  private void change(Changes changes, Destination log, Random random) {
    long last = changes.log(log).meta().last();
    switch (random.nextInt(8)) {
      case 0 -> rows.remove(changes, log, last);
      case 1 -> rows.remove(changes, log, changes.log(log).meta().first());
      case 2 -> {
        var _ = rows.purge(changes, log);
      }
      case 3 -> rows.append(changes, push(log, Map.of("topic", "key")));
      default -> rows.append(changes, push(log, Map.of("ttl", "" + (1 + random.nextInt(3)))));
    }
  }

  private Push push(Destination log, Map<String, String> headers) {
    return Push.of(log, headers, "body".getBytes(StandardCharsets.UTF_8), retention);
  }

  private void write(Changes changes) throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      changes.fill(batch, database);
      database.write(batch);
    }
    hot.putAll(changes.logs());
  }

  private void assertHeadIsReadAsItWas(Destination log) {
    HotLog known = hot.getIfPresent(log);
    if (known != null && known.listed()) {
      LogMeta read = Objects.requireNonNull(LogHeads.of(database, known.key()));
      assertThat(read.encoded()).isEqualTo(known.meta().encoded());
    }
  }
}
