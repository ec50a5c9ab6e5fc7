package io.belfry.core.log;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a store keeps of a cursor. Merged only forward: no part of it ever gets less.
///
/// @param settled the offset up to which everything is settled
/// @param beyond the settled offsets beyond it
/// @param sent the highest offset that was written to the device
/// @param nacks how often an unsettled offset was refused by the device
public record CursorState(
    long settled, SortedSet<Long> beyond, long sent, SortedMap<Long, Integer> nacks) {

  private static final SortedSet<Long> NONE = Collections.emptySortedSet();
  private static final SortedMap<Long, Integer> NO_COUNTS = Collections.emptySortedMap();

  /// The sets are not changed from here on; empty ones are shared.
  public CursorState {
    beyond = beyond.isEmpty() ? NONE : beyond;
    nacks = nacks.isEmpty() ? NO_COUNTS : nacks;
  }

  /// A cursor that starts after `offset`.
  public static CursorState at(long offset) {
    return new CursorState(offset, NONE, 0, NO_COUNTS);
  }

  /// Both in one. What is at or below `settled` is left out of the rest.
  public CursorState merge(CursorState other) {
    long high = Math.max(settled, other.settled);
    SortedSet<Long> both = new TreeSet<>(beyond.tailSet(high + 1));
    both.addAll(other.beyond.tailSet(high + 1));
    SortedMap<Long, Integer> counts = new TreeMap<>(nacks.tailMap(high + 1));
    for (Map.Entry<Long, Integer> count : other.nacks.tailMap(high + 1).entrySet()) {
      counts.merge(count.getKey(), count.getValue(), Math::max);
    }
    counts.keySet().removeAll(both);
    return new CursorState(high, both, Math.max(sent, other.sent), counts);
  }

  public boolean isSettled(long offset) {
    return offset <= settled || beyond.contains(offset);
  }
}
