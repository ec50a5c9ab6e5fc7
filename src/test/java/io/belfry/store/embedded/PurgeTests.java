package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.belfry.core.log.SettableClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is deleted of rows, and what came in between stays.
class PurgeTests {
  private static final byte[] USEFUL = {1};
  private static final byte[] USELESS = {0};
  private static final byte[] END = {-1};

  @TempDir Path directory;
  private final SettableClock clock = new SettableClock();
  private Database database;
  private Committer committer;

  @BeforeEach
  void open() throws Exception {
    database = new Database(directory);
    committer =
        new Committer(
            database,
            Caffeine.newBuilder().build(),
            new EmbeddedBells(),
            clock,
            new Counters(),
            () -> {});
    committer.start();
  }

  @AfterEach
  void close() {
    committer.close();
    database.close();
  }

  @Test
  void whatIsOfNoUseGoesOnMorePagesThanOneToo() {
    committer.submitEach(
        IntStream.range(0, 25_000).boxed().toList(),
        (changes, i) -> changes.put(Family.MARKS, key(i), i % 2 == 0 ? USELESS : USEFUL));

    purge(PurgeTests::isUseless);

    int[] left = {0};
    database.scan(
        Family.MARKS,
        Keys.EMPTY,
        END,
        (_, row) -> {
          assertThat(row).isEqualTo(USEFUL);
          left[0]++;
          return true;
        });
    assertThat(left[0]).isEqualTo(12_500);
  }

  @Test
  void whatIsOfUseAgainBeforeItGoesStays() throws Exception {
    put(USELESS);

    purge((row, now) -> {
      boolean isUseless = isUseless(row, now);
      if (isUseless) {
        put(USEFUL);
      }
      return isUseless;
    });

    assertThat(database.get(Family.MARKS, key(7))).isEqualTo(USEFUL);
  }

  private void purge(Purge.Useless useless) {
    new Purge(database, committer, clock).run(Family.MARKS, Keys.EMPTY, END, useless);
  }

  private void put(byte[] row) {
    committer
        .submit(changes -> {
          changes.put(Family.MARKS, key(7), row);
          return true;
        })
        .join();
  }

  private static boolean isUseless(byte[] row, long now) {
    return row[0] == USELESS[0];
  }

  // Every other one goes on where the one before it ends, also where a page does.
  private static byte[] key(int number) {
    String key = "%05d".formatted((number + 1) / 2) + (number % 2 == 0 ? "+" : "");
    return key.getBytes(StandardCharsets.US_ASCII);
  }
}
