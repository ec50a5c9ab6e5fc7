package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A batch shows the database as it will be, whatever it puts, deletes and looks at.
class ChangesTests {
  private static final Family FAMILY = Family.MARKS;

  /// Rows in memory.
  private static final class Table implements CommittedRows {
    final NavigableMap<byte[], byte[]> rows = new TreeMap<>(Arrays::compareUnsigned);

    @Override
    public byte @Nullable [] get(Family family, byte[] key) {
      return rows.get(key);
    }

    @Override
    public boolean scan(Family family, byte[] from, byte[] to, Visitor visitor) {
      return rows.subMap(from, true, to, false).entrySet().stream()
          .allMatch(row -> visitor.visit(row.getKey(), row.getValue()));
    }

    @Override
    public Optional<Row> last(Family family, byte[] from, byte[] to) {
      return Optional.ofNullable(rows.subMap(from, true, to, false).lastEntry())
          .map(row -> new Row(row.getKey(), row.getValue()));
    }
  }

  @Test
  void readingFromABatchIsReadingFromWhatItMakes() {
    Random random = new Random(3);
    for (int round = 0; round < 500; round++) {
      Table database = new Table();
      Table made = new Table();
      for (int i = 0; i < 20; i++) {
        byte[] key = key(random);
        database.rows.put(key, value(random));
      }
      made.rows.putAll(database.rows);
      Changes changes =
          new Changes(database, Caffeine.newBuilder().build(), Instant.ofEpochMilli(0));
      for (int i = 0; i < 30; i++) {
        byte[] key = key(random);
        if (random.nextInt(3) == 0) {
          changes.delete(FAMILY, key);
          made.rows.remove(key);
        } else {
          byte[] value = value(random);
          changes.put(FAMILY, key, value);
          made.rows.put(key, value);
        }
        byte[] asked = key(random);
        assertThat(changes.get(FAMILY, asked)).isEqualTo(made.get(FAMILY, asked));
        byte[] from = key(random);
        byte[] to = key(random);
        int limit = 1 + random.nextInt(20);
        if (Arrays.compareUnsigned(from, to) <= 0) {
          assertThat(scan(changes, from, to, limit)).isEqualTo(scan(made, from, to, limit));
        }
      }
    }
  }

  @Test
  void otherFamiliesAreOtherRows() {
    Changes changes =
        new Changes(new Table(), Caffeine.newBuilder().build(), Instant.ofEpochMilli(0));
    changes.put(FAMILY, new byte[] {1}, new byte[] {2});

    assertThat(changes.get(Family.ENTRIES, new byte[] {1})).isNull();
    assertThat(scan(changes, Family.ENTRIES, new byte[] {0}, new byte[] {9}, 9))
        .containsExactly("true");
  }

  private static List<String> scan(Rows rows, byte[] from, byte[] to, int limit) {
    return scan(rows, FAMILY, from, to, limit);
  }

  // What is visited, and whether that was all.
  private static List<String> scan(Rows rows, Family family, byte[] from, byte[] to, int limit) {
    List<String> seen = new ArrayList<>();
    boolean all =
        rows.scan(
            family,
            from,
            to,
            (key, value) -> {
              seen.add(Arrays.toString(key) + "=" + Arrays.toString(value));
              return seen.size() < limit;
            });
    seen.add(Boolean.toString(all));
    return seen;
  }

  private static byte[] key(Random random) {
    byte[] key = new byte[1 + random.nextInt(2)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(5) * 60);
    }
    return key;
  }

  private static byte[] value(Random random) {
    byte[] value = new byte[random.nextInt(3)];
    random.nextBytes(value);
    return value;
  }
}
