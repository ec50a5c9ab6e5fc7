package io.belfry.proof;

import java.util.ArrayList;
import java.util.List;

/// Whether a node grew from one census to the next, once it was warm. Of a number that sways, the
/// least of some is what there really is: the least of the last third is compared with the least of
/// the warm ones before.
///
/// @param heapBefore bytes, once it was warm
/// @param heapAfter bytes, at the end
/// @param grown what there is more of than there may be; empty where nothing grew
record Growth(long heapBefore, long heapAfter, List<String> grown) {
  // Of the heap: caches that are filled slowly, classes that are loaded late.
  private static final double SLACK = 1.05;
  private static final long SLACK_BYTES = 1_000_000;

  // Pools of threads, connections that are just being opened or closed.
  private static final long SLACK_COUNT = 5;

  /// @param all three at least
  static Growth of(List<Census> all) {
    // The first third is for getting warm.
    int third = Math.max(1, all.size() / 3);
    int last = all.size() - third;
    List<Census> before = all.subList(third, Math.max(third + 1, last));
    List<Census> after = all.subList(last, all.size());
    List<String> grown = new ArrayList<>();
    for (String kind : all.getFirst().counts().keySet()) {
      long was = least(before, kind);
      long is = least(after, kind);
      long most = kind.equals(Census.HEAP) ? (long) (was * SLACK) + SLACK_BYTES : was + SLACK_COUNT;
      if (is > most) {
        grown.add(kind + " " + was + " -> " + is);
      }
    }
    return new Growth(least(before, Census.HEAP), least(after, Census.HEAP), grown);
  }

  private static long least(List<Census> some, String kind) {
    return some.stream().mapToLong(census -> census.get(kind)).min().orElseThrow();
  }

  String line(long connections, long deliveries) {
    return "verdict: %s after %d connections and %d deliveries, heap %.1f -> %.1f MB"
        .formatted(
            grown.isEmpty() ? "flat" : "grew (" + String.join(", ", grown) + ")",
            connections,
            deliveries,
            heapBefore / 1e6,
            heapAfter / 1e6);
  }
}
