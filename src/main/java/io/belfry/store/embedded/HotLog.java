package io.belfry.store.embedded;

import io.belfry.core.log.Destination;
import org.jspecify.annotations.Nullable;

/// A log that is at hand: its head, and which of its entries go next where it is full. Immutable;
/// the committer replaces it once a batch is written.
///
/// @param key of the log
/// @param meta its head
/// @param listed whether it has a row among the logs
record HotLog(Destination destination, byte[] key, LogMeta meta, NextToGo next, boolean listed) {
  private static final int HEADS_AS_HEAVY_AS_A_LOG = 8;

  /// As it is in the database; null where it is not there.
  static HotLog of(Destination destination, byte[] key, @Nullable LogMeta meta) {
    return meta == null
        ? new HotLog(destination, key, LogMeta.NEW, NextToGo.UNKNOWN, false)
        : new HotLog(destination, key, meta, NextToGo.UNKNOWN, true);
  }

  HotLog with(LogMeta changed) {
    return new HotLog(destination, key, changed, next, listed);
  }

  HotLog with(LogMeta changed, NextToGo nextToGo) {
    return new HotLog(destination, key, changed, nextToGo, listed);
  }

  HotLog withRow() {
    return listed ? this : new HotLog(destination, key, meta, next, true);
  }

  /// What it takes of memory, in logs that are not full: some 300 bytes.
  int weight() {
    return 1 + next.size() / HEADS_AS_HEAVY_AS_A_LOG;
  }
}
