package io.belfry.core.delivery;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Destination;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The cursors that have changed since the store last took them, found by user and log: what one
/// reader left unwritten is looked up each time one of its devices comes, and ten thousand others
/// may have left at the same moment.
///
/// Not safe for several threads: its owner has a lock.
final class UnwrittenCursors {
  private record Reader(Destination destination, String user) {
    static Reader of(CursorKey key) {
      return new Reader(key.destination(), key.user());
    }
  }

  private Map<Reader, Set<Cursor>> dirty = new HashMap<>();
  // What the writer has taken and the store has not: it counts as unwritten until then.
  private Map<Reader, Set<Cursor>> underWay = Map.of();

  void add(Cursor cursor) {
    dirty.computeIfAbsent(Reader.of(cursor.key()), reader -> new HashSet<>(2)).add(cursor);
  }

  /// Takes all that wait; they are under way until [#done].
  List<Cursor> take() {
    underWay = dirty;
    dirty = new HashMap<>();
    List<Cursor> taken = new ArrayList<>(underWay.size());
    underWay.values().forEach(taken::addAll);
    return taken;
  }

  /// Those that were under way are written.
  ///
  /// @param left except these, which wait again
  void done(Collection<Cursor> left) {
    underWay = Map.of();
    left.forEach(this::add);
  }

  boolean isEmpty() {
    return dirty.isEmpty() && underWay.isEmpty();
  }

  /// Those of this user in this log, whatever the device.
  List<Cursor> of(CursorKey anyDevice) {
    if (isEmpty()) {
      return List.of();
    }
    Reader reader = Reader.of(anyDevice);
    List<Cursor> all = new ArrayList<>(of(dirty, reader));
    all.addAll(of(underWay, reader));
    return all;
  }

  private static Set<Cursor> of(Map<Reader, Set<Cursor>> cursors, Reader reader) {
    return cursors.getOrDefault(reader, Set.of());
  }
}
