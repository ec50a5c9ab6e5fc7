package io.belfry.core.log;

import java.util.Map;

/// The cursors of a store.
public interface Cursors {
  /// Where a subscription starts.
  ///
  /// @param state the cursor, as it is kept from now on
  /// @param start the offset after which the subscription's first delivery comes; below
  ///   `state.settled()` where it re-reads
  record Opened(CursorState state, long start) {}

  /// Fixes where a subscription starts and keeps that, atomically with appends to the log, durable
  /// once it returns. Blocks.
  ///
  /// A cursor that is there: it is the start, unless `from` is ahead of it, which moves it there,
  /// or behind it, which moves nothing. One that is not there is made: at `from` or, where that
  /// says nothing, in a queue at the highest cursor of the user's devices or before the earliest
  /// entry where there is none, in a topic after the latest. Before the earliest entry is after the
  /// last one that `max-messages` dropped: who starts there misses nothing. Where a user has more
  /// than [Retention#MAX_DEVICES] in this log then, the one that is unused for longest goes.
  ///
  /// @throws StoreUnavailableException where the store cannot take it now
  Opened open(CursorKey key, From from);

  /// Merges each state into its cursor, forward only, durable once it returns; makes the cursor
  /// where it is not there. Idempotent. Each cursor atomically, not all of them together. Blocks.
  ///
  /// @throws StoreUnavailableException where the store cannot take it now; some may be merged
  void merge(Map<CursorKey, CursorState> states);

  /// Merges one as [#merge] does, after a request that acknowledged everything up to `offset` for
  /// its device, and rings [Bell.Acknowledged] on all other nodes that listen to its log. Blocks.
  ///
  /// @throws StoreUnavailableException where the store cannot take it now
  void acknowledge(CursorKey key, CursorState state, long offset);

  /// The cursors of a user's devices in a log, by device. Blocks.
  ///
  /// @throws StoreUnavailableException where the store cannot be read now
  Map<String, CursorState> of(Destination destination, String user);
}
