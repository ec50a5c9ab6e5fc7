package io.belfry.store.embedded;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.Cursors;
import io.belfry.core.log.Destination;
import io.belfry.core.log.From;
import io.belfry.core.log.Retention;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The cursors in RocksDB. A cursor that is older than `inbox.device-ttl` counts as none, whether
/// it is still there or not.
final class RocksCursors implements Cursors {
  private final Committer committer;
  private final Database database;
  private final Readers readers;
  private final Retention retention;
  private final InstantSource clock;

  RocksCursors(
      Committer committer,
      Database database,
      Readers readers,
      Retention retention,
      InstantSource clock) {
    this.committer = committer;
    this.database = database;
    this.readers = readers;
    this.retention = retention;
    this.clock = clock;
  }

  @Override
  public Opened open(CursorKey key, From from) {
    // Brings the rows into memory, so that the committer does not wait for the disk.
    var _ = of(key.destination(), key.user());
    return Readers.await(committer.submit(changes -> open(changes, key, from)));
  }

  @Override
  public void merge(Map<CursorKey, CursorState> states) {
    committer.submitEach(
        List.copyOf(states.entrySet()),
        (changes, state) -> merge(changes, state.getKey(), state.getValue()));
  }

  @Override
  public void acknowledge(CursorKey key, CursorState state, long offset) {
    // There is no other node.
    merge(Map.of(key, state));
  }

  @Override
  public Map<String, CursorState> of(Destination destination, String user) {
    return readers.read(() -> {
      Map<String, CursorState> states = new TreeMap<>();
      cursors(database, destination, user, clock.millis())
          .forEach((device, cursor) -> states.put(device, cursor.state()));
      return states;
    });
  }

  /// Deletes the cursors that nobody used for `inbox.device-ttl`. Blocks.
  void purge() {
    new Purge(database, committer, clock)
        .run(
            Family.CURSORS,
            Keys.EMPTY,
            new byte[] {-1},
            (row, now) -> isForgotten(StoredCursor.usedOf(row), now));
  }

  private Opened open(Changes changes, CursorKey key, From from) {
    LogMeta log = changes.log(key.destination()).meta();
    @Nullable CursorState there = find(changes, key);
    long start =
        switch (from) {
          case From.Cursor() -> there == null ? freshStart(changes, key, log) : there.settled();
          case From.Earliest() -> log.first() - 1;
          case From.Latest() -> log.last();
          case From.After(long offset) -> Math.min(offset, log.last());
        };
    CursorState at = CursorState.at(start);
    CursorState state = there == null ? at : there.merge(at);
    put(changes, key, state, there == null);
    return new Opened(state, start);
  }

  private long freshStart(Changes changes, CursorKey key, LogMeta log) {
    if (key.destination() instanceof Destination.Topic) {
      return log.last();
    }
    return cursors(changes, key.destination(), key.user(), changes.now().toEpochMilli())
        .values()
        .stream()
        .mapToLong(cursor -> cursor.state().settled())
        .max()
        .orElse(log.first() - 1);
  }

  private void merge(Changes changes, CursorKey key, CursorState more) {
    long last = changes.log(key.destination()).meta().last();
    CursorState known = upTo(more, last);
    @Nullable CursorState there = find(changes, key);
    put(changes, key, there == null ? known : there.merge(known), there == null);
  }

  // What is beyond the last entry would settle entries that are still to come.
  private static CursorState upTo(CursorState state, long last) {
    return new CursorState(
        Math.min(state.settled(), last),
        new TreeSet<>(state.beyond().headSet(last + 1)),
        Math.min(state.sent(), last),
        new TreeMap<>(state.nacks().headMap(last + 1)));
  }

  private @Nullable CursorState find(Changes changes, CursorKey key) {
    byte[] row = changes.get(Family.CURSORS, Keys.cursor(key));
    if (row == null) {
      return null;
    }
    StoredCursor cursor = StoredCursor.decoded(row);
    return isForgotten(cursor.used(), changes.now().toEpochMilli()) ? null : cursor.state();
  }

  private void put(Changes changes, CursorKey key, CursorState state, boolean isNew) {
    long now = changes.now().toEpochMilli();
    if (isNew) {
      makeRoom(changes, key);
    }
    byte[] row = new StoredCursor(state, now).encoded();
    changes.put(Family.CURSORS, Keys.cursor(key), row);
  }

  // Before one more device: the idlest of those that are too many then.
  private void makeRoom(Changes changes, CursorKey key) {
    SortedMap<String, StoredCursor> others = cursors(changes, key.destination(), key.user(), 0);
    others.remove(key.device());
    Map<String, StoredCursor> left = new HashMap<>(others);
    while (left.size() >= Retention.MAX_DEVICES) {
      String idlest =
          left.entrySet().stream()
              .min(Map.Entry.comparingByValue((a, b) -> Long.compare(a.used(), b.used())))
              .orElseThrow()
              .getKey();
      left.remove(idlest);
      changes.delete(
          Family.CURSORS, Keys.cursor(new CursorKey(key.destination(), key.user(), idlest)));
    }
  }

  private SortedMap<String, StoredCursor> cursors(
      Rows rows, Destination destination, String user, long now) {
    SortedMap<String, StoredCursor> cursors = new TreeMap<>();
    rows.scan(
        Family.CURSORS,
        Keys.cursors(Keys.log(destination), user),
        (key, value) -> {
          StoredCursor cursor = StoredCursor.decoded(value);
          if (!isForgotten(cursor.used(), now)) {
            cursors.put(Keys.cursorKey(key).device(), cursor);
          }
          return true;
        });
    return cursors;
  }

  private boolean isForgotten(long used, long now) {
    return now - used >= retention.deviceTtl().toMillis();
  }
}
