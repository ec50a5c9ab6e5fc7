package io.belfry.store.embedded;

import com.github.benmanes.caffeine.cache.Cache;
import io.belfry.core.log.Bell;
import io.belfry.core.log.Destination;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// What one batch changes, before it is written: the rows, the heads of logs, and the bells to ring
/// afterwards. Reading from it shows the database as it will be.
///
/// For the committer's thread alone. Nothing of it is seen by others before it is written; where
/// that fails it is thrown away.
final class Changes implements Rows {
  /// A bell and whose it is.
  record Ring(Destination destination, Bell bell) {}

  private record Place(Family family, byte[] key) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int families = family.compareTo(other.family);
      return families != 0 ? families : Arrays.compareUnsigned(key, other.key);
    }
  }

  private record Range(Family family, byte[] from, byte[] to) {}

  /// What a row becomes: null where it goes.
  private record Value(byte @Nullable [] bytes) {
    static final Value GONE = new Value(null);
  }

  private final CommittedRows database;
  private final Cache<Destination, HotLog> hot;
  private final Instant now;
  // In the order of the keys: RocksDB takes rows that are near each other at less cost, and a scan
  // finds its own among those of thousands of logs.
  private final NavigableMap<Place, Value> rows = new TreeMap<>();
  private final List<Range> ranges = new ArrayList<>();
  private final Map<Destination, HotLog> logs = new LinkedHashMap<>();
  private final List<Ring> rings = new ArrayList<>();

  /// @param hot the heads of logs as they are in the database, as far as they are at hand
  /// @param now the time of everything in this batch, in whole milliseconds
  Changes(CommittedRows database, Cache<Destination, HotLog> hot, Instant now) {
    this.database = database;
    this.hot = hot;
    this.now = now;
  }

  Instant now() {
    return now;
  }

  void put(Family family, byte[] key, byte[] value) {
    rows.put(new Place(family, key), new Value(value));
  }

  void delete(Family family, byte[] key) {
    rows.put(new Place(family, key), Value.GONE);
  }

  /// Deletes what is in the database from `from` on and before `to`, and nothing of this batch.
  void deleteRange(Family family, byte[] from, byte[] to) {
    ranges.add(new Range(family, from, to));
  }

  /// Rings once this is written, in the order of the calls.
  void ring(Destination destination, Bell bell) {
    rings.add(new Ring(destination, bell));
  }

  List<Ring> rings() {
    return rings;
  }

  HotLog log(Destination destination) {
    HotLog log = logs.get(destination);
    if (log == null) {
      log = hot.getIfPresent(destination);
    }
    if (log == null) {
      byte[] key = Keys.log(destination);
      log = HotLog.of(destination, key, LogHeads.of(database, key));
      // Nobody else changes it, so it is at hand from now on, whatever becomes of this batch.
      hot.put(destination, log);
    }
    return log;
  }

  void log(HotLog changed) {
    logs.put(changed.destination(), changed);
  }

  /// The heads of logs as this batch leaves them.
  Map<Destination, HotLog> logs() {
    return logs;
  }

  boolean isEmpty() {
    return rows.isEmpty() && ranges.isEmpty() && logs.isEmpty();
  }

  @Override
  public byte @Nullable [] get(Family family, byte[] key) {
    Value own = rows.get(new Place(family, key));
    return own == null ? database.get(family, key) : own.bytes();
  }

  @Override
  public boolean scan(Family family, byte[] from, byte[] to, Visitor visitor) {
    NavigableMap<byte[], Value> own = within(family, from, to);
    boolean all =
        database.scan(
            family,
            from,
            to,
            (key, value) -> {
              if (!visitBefore(own, key, visitor)) {
                return false;
              }
              Value changed = own.remove(key);
              byte[] current = changed == null ? value : changed.bytes();
              return current == null || visitor.visit(key, current);
            });
    return all && visitBefore(own, to, visitor);
  }

  /// Puts everything into `batch`, in the order of the keys: inserted so, rows share the way to
  /// their place, which is most of what they cost.
  void fill(WriteBatch batch, Database target) throws RocksDBException {
    for (Range range : ranges) {
      batch.deleteRange(target.family(range.family()), range.from(), range.to());
    }
    logs.replaceAll((destination, log) -> placed(log));
    for (Map.Entry<Place, Value> row : rows.entrySet()) {
      Place place = row.getKey();
      byte[] value = row.getValue().bytes();
      if (value == null) {
        batch.delete(target.family(place.family()), place.key());
      } else {
        batch.put(target.family(place.family()), place.key(), value);
      }
    }
  }

  // Puts its head where LogHeads finds it.
  private HotLog placed(HotLog log) {
    Place newest = new Place(Family.ENTRIES, Keys.entry(log.key(), log.meta().last()));
    Value entry = log.listed() ? rows.get(newest) : null;
    if (entry != null && entry.bytes() != null) {
      rows.put(newest, new Value(EntryCodec.withLogHead(entry.bytes(), log.meta())));
      return log;
    }
    put(Family.LOGS, log.key(), log.meta().encoded());
    return log.withRow();
  }

  private NavigableMap<byte[], Value> within(Family family, byte[] from, byte[] to) {
    NavigableMap<byte[], Value> own = new TreeMap<>(Arrays::compareUnsigned);
    rows.subMap(new Place(family, from), new Place(family, to))
        .forEach((place, value) -> own.put(place.key(), value));
    return own;
  }

  private static boolean visitBefore(NavigableMap<byte[], Value> own, byte[] end, Visitor visitor) {
    Map.Entry<byte[], Value> first = own.firstEntry();
    while (first != null && Arrays.compareUnsigned(first.getKey(), end) < 0) {
      own.remove(first.getKey());
      byte[] value = first.getValue().bytes();
      if (value != null && !visitor.visit(first.getKey(), value)) {
        return false;
      }
      first = own.firstEntry();
    }
    return true;
  }
}
