package io.belfry.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrowthTests {
  private static List<Census> heaps(int... megabytes) {
    return Arrays.stream(megabytes)
        .mapToObj(mb -> new Census(Map.of(Census.HEAP, mb * 1_000_000L, "threads", 40L)))
        .toList();
  }

  @Test
  void whatSwaysIsFlat() {
    assertThat(Growth.of(heaps(20, 30, 32, 30, 33, 31, 36, 30, 32)).grown()).isEmpty();
  }

  @Test
  void gettingWarmIsNoGrowth() {
    assertThat(Growth.of(heaps(10, 25, 30, 30, 30, 30, 30, 30, 30)).grown()).isEmpty();
  }

  @Test
  void whatGrowsAllTheTimeIsFound() {
    Growth growth = Growth.of(heaps(30, 31, 32, 33, 34, 35, 36, 37, 38));

    assertThat(growth.grown()).containsExactly("heap 33000000 -> 36000000");
    assertThat(growth.line(1, 2)).startsWith("verdict: grew (heap");
  }

  @Test
  void aThreadForEachClientIsFound() {
    List<Census> all =
        List.of(threads(40), threads(40), threads(45), threads(50), threads(55), threads(60));

    assertThat(Growth.of(all).grown()).containsExactly("threads 45 -> 55");
  }

  private static Census threads(long count) {
    return new Census(Map.of(Census.HEAP, 1L, "threads", count));
  }
}
