package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What was dropped before its time counts as long as it would have lived.
class TrimmedTests {
  @Test
  void theHighestThatLivesCounts() {
    Random random = new Random(1);
    for (int round = 0; round < 2000; round++) {
      TreeMap<Long, Long> dropped = new TreeMap<>();
      Trimmed trimmed = Trimmed.NONE;
      for (long offset = 1; offset <= 8; offset++) {
        long until = random.nextInt(100);
        dropped.put(offset, until);
        trimmed = again(trimmed.plus(offset, until));
        for (int now = 0; now <= 100; now++) {
          assertThat(trimmed.at(now)).isEqualTo(highest(dropped, now));
        }
      }
    }
  }

  @Test
  void ofVeryManyNoneIsForgottenTooSoon() {
    Random random = new Random(2);
    TreeMap<Long, Long> dropped = new TreeMap<>();
    Trimmed trimmed = Trimmed.NONE;
    for (long offset = 1; offset <= 500; offset++) {
      long until = Math.max(0, 1000 - offset - random.nextInt(10));
      dropped.put(offset, until);
      trimmed = again(trimmed.plus(offset, until));
      for (int now = 0; now <= 1000; now += 7) {
        assertThat(trimmed.at(now)).isGreaterThanOrEqualTo(highest(dropped, now));
      }
      assertThat(trimmed.at(1000)).isZero();
    }
  }

  private static long highest(Map<Long, Long> dropped, long now) {
    return dropped.entrySet().stream()
        .filter(entry -> now < entry.getValue())
        .mapToLong(Map.Entry::getKey)
        .max()
        .orElse(0);
  }

  private static Trimmed again(Trimmed trimmed) {
    ByteWriter writer = new ByteWriter(8);
    trimmed.write(writer);
    return Trimmed.read(new ByteReader("a test's own", writer.done()));
  }
}
