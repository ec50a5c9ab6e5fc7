package io.belfry.store.embedded;

import io.belfry.core.log.Destination;

/// A log that is at hand: its head, and which of its entries go next where it is full. Immutable;
/// the committer replaces it once a batch is written.
///
/// @param key of the log
/// @param meta its head
record HotLog(Destination destination, byte[] key, LogMeta meta, NextToGo next) {
  private static final int HEADS_AS_HEAVY_AS_A_LOG = 8;

  HotLog(Destination destination, byte[] key, LogMeta meta) {
    this(destination, key, meta, NextToGo.UNKNOWN);
  }

  HotLog with(LogMeta changed) {
    return new HotLog(destination, key, changed, next);
  }

  HotLog with(LogMeta changed, NextToGo nextToGo) {
    return new HotLog(destination, key, changed, nextToGo);
  }

  /// What it takes of memory, in logs that are not full: some 300 bytes.
  int weight() {
    return 1 + next.size() / HEADS_AS_HEAVY_AS_A_LOG;
  }
}
