package io.belfry.core.delivery;

import io.belfry.core.log.Batch;
import io.belfry.core.log.Bell;
import io.belfry.core.log.Entry;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The recent entries of a log: all that were appended after one offset, as the bells brought them.
///
/// A bell that follows on the last one adds its entry; one that does not (a bell was lost) starts
/// anew at its own previous offset; one without an entry starts anew behind it. Who is further back
/// than that reads the log.
///
/// Not safe for use by several threads: the feed guards it.
final class Recent {
  private static final int MAX_BYTES = 64 * 1024;

  private final int capacity;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>(0);
  private long since;
  private int bytes;

  /// @param capacity how many at most; they take 64 KB at most, but for a single one
  Recent(int capacity) {
    this.capacity = capacity;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /// Whether all entries after `position` are here.
  boolean reachesBackTo(long position) {
    return position >= since;
  }

  /// The entries after `position`, but for those that have expired.
  ///
  /// @param last where the batch ends if it is not cut short
  Batch after(long position, int maxEntries, int maxBytes, long last, Instant now) {
    List<Entry> found = new ArrayList<>(1);
    int size = 0;
    for (Entry entry : entries) {
      if (entry.offset() <= position) {
        continue;
      }
      size += entry.size();
      if (found.size() == maxEntries || (size > maxBytes && !found.isEmpty())) {
        return new Batch(found, found.getLast().offset(), 0);
      }
      if (!entry.isExpired(now)) {
        found.add(entry);
      }
    }
    return new Batch(found, last, 0);
  }

  /// The log grew.
  ///
  /// @param last the last offset that was known before
  void add(Bell.Grew bell, long last) {
    Entry entry = bell.entry();
    if (entry == null) {
      forgetUpTo(bell.offset());
      return;
    }
    if (bell.previous() != last) {
      forgetUpTo(bell.previous());
    }
    entries.addLast(entry);
    bytes += entry.size();
    while (entries.size() > capacity || (bytes > MAX_BYTES && entries.size() > 1)) {
      Entry oldest = entries.removeFirst();
      bytes -= oldest.size();
      since = oldest.offset();
    }
  }

  /// What was appended up to `offset` is to be read from the log, and so is all that is here.
  void forgetUpTo(long offset) {
    entries.clear();
    bytes = 0;
    since = offset;
  }

  /// This one was removed from the log.
  void remove(long offset) {
    for (Entry entry : entries) {
      if (entry.offset() == offset) {
        entries.remove(entry);
        bytes -= entry.size();
        return;
      }
    }
  }
}
