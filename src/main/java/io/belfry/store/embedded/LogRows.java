package io.belfry.store.embedded;

import io.belfry.core.log.Bell;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Offsets;
import io.belfry.core.log.Push;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How the rows of a log change: appending, collapsing, dropping what is over `max-messages`,
/// removing, and purging what has expired. On the committer's thread.
///
/// The rules that keep an append from reading the log: the log's head has its count and a time
/// before which nothing expires; what a full log drops is looked up for many appends at once, see
/// [NextToGo]; and what is expired is at the front of the log or at the front of an index of those
/// entries that expire before an older one.
final class LogRows {
  // Enough to make room for whatever comes, and little enough not to hold up what comes after.
  private static final int PURGED_AT_ONCE = 10_000;

  private final int maxMessages;
  private final DeadRows dead;

  LogRows(int maxMessages, DeadRows dead) {
    this.maxMessages = maxMessages;
    this.dead = dead;
  }

  /// Appends and rings.
  Entry append(Changes changes, Push push) {
    Destination destination = push.destination();
    String collapseKey = push.collapseKey();
    if (collapseKey != null) {
      collapse(changes, destination, collapseKey);
    }
    HotLog log = changes.log(destination);
    LogMeta meta = log.meta();
    long offset = Offsets.next(meta.last(), changes.now());
    Entry entry = Entry.of(push, offset, changes.now());
    long expires = entry.expires().toEpochMilli();
    boolean outOfOrder = meta.isOutOfOrder(expires);
    changes.put(
        Family.ENTRIES,
        Keys.entry(log.key(), offset),
        EntryCodec.encode(entry, collapseKey, outOfOrder));
    if (outOfOrder) {
      changes.put(Family.MARKS, Keys.expiry(log.key(), expires, offset), Keys.EMPTY);
    }
    if (collapseKey != null) {
      byte[] place = new ByteWriter(8).i64(offset).done();
      changes.put(Family.MARKS, Keys.collapse(log.key(), collapseKey), place);
    }
    HotLog grown = log.with(meta.appended(offset, expires));
    changes.log(grown);
    changes.ring(destination, new Bell.Grew(meta.last(), offset, entry));
    if (isOver(grown)) {
      trim(changes, grown);
    }
    return entry;
  }

  /// Removes an entry and its redeliveries and rings; does nothing where there are none.
  void remove(Changes changes, Destination destination, long offset) {
    HotLog log = changes.log(destination);
    byte[] entry = changes.get(Family.ENTRIES, Keys.entry(log.key(), offset));
    if (entry != null) {
      erase(changes, log, EntryCodec.head(offset, entry));
      changes.log(log.with(log.meta().removed(), log.next().forgotten()));
    }
    boolean forgotten = log.meta().noted() && dead.forget(changes, destination, log.key(), offset);
    if (entry != null || forgotten) {
      changes.ring(destination, new Bell.Removed(offset));
    }
  }

  /// Deletes what has expired and what is over `max-messages`, a few thousand at once.
  ///
  /// @return the bytes that were deleted
  long purge(Changes changes, Destination destination) {
    HotLog log = changes.log(destination);
    long freed = isDue(changes, log) ? purge(changes, log) : 0;
    HotLog purged = changes.log(destination);
    if (isOver(purged)) {
      trim(changes, purged);
    }
    return freed;
  }

  /// Whether [#purge] would find something at `now`, in milliseconds.
  boolean isWorthPurging(LogMeta meta, long now) {
    return meta.count() > maxMessages || (meta.count() > 0 && meta.earliest() <= now);
  }

  private void collapse(Changes changes, Destination destination, String collapseKey) {
    byte[] mark =
        changes.get(Family.MARKS, Keys.collapse(changes.log(destination).key(), collapseKey));
    if (mark != null) {
      remove(changes, destination, Keys.offset(mark));
    }
  }

  private boolean isOver(HotLog log) {
    return log.meta().count() > maxMessages;
  }

  private static boolean isDue(Changes changes, HotLog log) {
    return log.meta().earliest() <= changes.now().toEpochMilli();
  }

  // What has expired goes first: nothing is dropped because of it.
  private void trim(Changes changes, HotLog full) {
    if (isDue(changes, full)) {
      var _ = purge(changes, full);
    }
    HotLog log = changes.log(full.destination());
    while (isOver(log)) {
      NextToGo next = log.next().isUsedUp() ? lookedUp(changes, log) : log.next();
      EntryCodec.Head head = next.first();
      erase(changes, log, head);
      log = log.with(log.meta().dropped(head.offset(), head.expires()), next.withoutFirst());
    }
    changes.log(log);
  }

  private static NextToGo lookedUp(Changes changes, HotLog log) {
    int count = log.next().more();
    List<EntryCodec.Head> oldest = new ArrayList<>(count);
    byte[] from = Keys.entry(log.key(), log.meta().first());
    changes.scan(
        Family.ENTRIES,
        from,
        Keys.after(log.key()),
        (key, value) -> {
          oldest.add(EntryCodec.head(Keys.offset(key), value));
          return oldest.size() < count;
        });
    if (oldest.isEmpty()) {
      throw new DamagedDataException(
          "Stored data is damaged: " + log.destination() + " has fewer entries than it says.");
    }
    return new NextToGo(oldest, 0, count);
  }

  private long purge(Changes changes, HotLog log) {
    Expired expired = new Expired(changes.now().toEpochMilli());
    byte[] end = Keys.after(log.key());
    byte[] from = Keys.entry(log.key(), log.meta().first());
    changes.scan(Family.ENTRIES, from, end, expired::visitEntry);
    byte[] marks = Keys.expiries(log.key());
    changes.scan(Family.MARKS, marks, expired::visitMark);
    for (long offset : expired.marked) {
      byte[] entry = changes.get(Family.ENTRIES, Keys.entry(log.key(), offset));
      if (entry != null) {
        expired.add(EntryCodec.head(offset, entry), entry.length);
      }
    }
    for (EntryCodec.Head head : expired.found.values()) {
      erase(changes, log, head);
    }
    LogMeta meta = log.meta();
    int left = meta.count() - expired.found.size();
    LogMeta purged =
        left == 0
            ? meta.purged(expired.found.size(), meta.last() + 1, Long.MAX_VALUE)
            : meta.purged(
                expired.found.size(), Math.max(meta.first(), expired.stopped), expired.earliest);
    changes.log(log.with(purged, log.next().forgotten()));
    return expired.bytes;
  }

  private static void erase(Changes changes, HotLog log, EntryCodec.Head head) {
    changes.delete(Family.ENTRIES, Keys.entry(log.key(), head.offset()));
    if (head.outOfOrder()) {
      changes.delete(Family.MARKS, Keys.expiry(log.key(), head.expires(), head.offset()));
    }
    String collapseKey = head.collapseKey();
    if (collapseKey != null) {
      // There is one entry of a key at most, so the mark is this one's.
      changes.delete(Family.MARKS, Keys.collapse(log.key(), collapseKey));
    }
  }

  /// What is found expired on the way along the log's front and its index.
  private static final class Expired {
    private final long now;
    private final TreeMap<Long, EntryCodec.Head> found = new TreeMap<>();
    private final List<Long> marked = new ArrayList<>();
    private long bytes;
    private long stopped;
    private long earliest = Long.MAX_VALUE;

    Expired(long now) {
      this.now = now;
    }

    boolean visitEntry(byte[] key, byte[] value) {
      EntryCodec.Head head = EntryCodec.head(Keys.offset(key), value);
      stopped = head.offset();
      if (head.expires() > now || found.size() >= PURGED_AT_ONCE) {
        earliest = Math.min(earliest, head.expires());
        return false;
      }
      add(head, value.length);
      return true;
    }

    boolean visitMark(byte[] key, @Nullable Object value) {
      long expires = Keys.expiryOf(key);
      if (expires > now || marked.size() >= PURGED_AT_ONCE) {
        earliest = Math.min(earliest, expires);
        return false;
      }
      marked.add(Keys.offset(key));
      return true;
    }

    void add(EntryCodec.Head head, int length) {
      if (found.put(head.offset(), head) == null) {
        bytes += length;
      }
    }
  }
}
