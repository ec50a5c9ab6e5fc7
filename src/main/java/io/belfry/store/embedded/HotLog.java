package io.belfry.store.embedded;

import io.belfry.core.log.Destination;
import java.util.List;

/// A log that is at hand: its head, and which of its entries go next where it is full. Immutable;
/// the committer replaces it once a batch is written.
///
/// @param key of the log
/// @param meta its head
/// @param oldest the oldest entries, in order and without a hole; empty: look them up
record HotLog(Destination destination, byte[] key, LogMeta meta, List<EntryCodec.Head> oldest) {

  HotLog(Destination destination, byte[] key, LogMeta meta) {
    this(destination, key, meta, List.of());
  }

  HotLog with(LogMeta changed) {
    return new HotLog(destination, key, changed, oldest);
  }

  HotLog with(LogMeta changed, List<EntryCodec.Head> nextToGo) {
    return new HotLog(destination, key, changed, nextToGo);
  }
}
