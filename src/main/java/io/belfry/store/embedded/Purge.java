package io.belfry.store.embedded;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// Deletes rows that are of no use any more. It looks for them without the committer, a page at a
/// time, and the committer looks at each of them once more.
record Purge(Database database, Committer committer, InstantSource clock) {
  private static final int PAGE = 10_000;

  /// Whether a row is of no use at this time, in milliseconds.
  @FunctionalInterface
  interface Useless {
    boolean test(byte[] row, long now);
  }

  /// Deletes those of a family from `from` on and before `end`. Blocks.
  void run(Family family, byte[] from, byte[] end, Useless useless) {
    byte[] next = from;
    boolean all;
    do {
      List<byte[]> found = new ArrayList<>();
      byte[][] last = {next};
      int[] seen = {0};
      all =
          database.scan(
              family,
              next,
              end,
              (key, row) -> {
                last[0] = key;
                if (useless.test(row, clock.millis())) {
                  found.add(key);
                }
                return ++seen[0] < PAGE;
              });
      committer.submitEach(found, (changes, key) -> delete(changes, family, key, useless));
      next = new ByteWriter(64).raw(last[0]).u8(0).done();
    } while (!all);
  }

  private static void delete(Changes changes, Family family, byte[] key, Useless useless) {
    byte[] row = changes.get(family, key);
    // It may have become of use meanwhile.
    if (row != null && useless.test(row, changes.now().toEpochMilli())) {
      changes.delete(family, key);
    }
  }
}
