package io.belfry.store.embedded;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.Cursors;
import io.belfry.core.log.Destination;
import io.belfry.core.log.From;
import io.belfry.core.log.Retention;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The cursors in RocksDB. A cursor that is older than `inbox.device-ttl` counts as none, whether
/// it is still there or not.
final class RocksCursors implements Cursors {
  // A push that comes while cursors are merged waits for one portion, which takes a fraction of a
  // millisecond; many cursors make larger portions, not more, as each is synced.
  private static final int PORTION = 64;
  private static final int MAX_PORTIONS = 16;

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
    List<Map.Entry<CursorKey, CursorState>> all = new ArrayList<>(states.entrySet());
    int atOnce = Math.max(PORTION, Math.ceilDiv(all.size(), MAX_PORTIONS));
    for (int i = 0; i < all.size(); i += atOnce) {
      List<Map.Entry<CursorKey, CursorState>> portion =
          all.subList(i, Math.min(all.size(), i + atOnce));
      Readers.await(
          committer.submit(changes -> {
            portion.forEach(state -> merge(changes, state.getKey(), state.getValue()));
            return true;
          }));
    }
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

  /// Deletes the cursors that nobody used for `inbox.device-ttl`, from `from` on.
  ///
  /// @return where to go on, if this was not all
  Optional<byte[]> purge(byte[] from, int atOnce) {
    List<byte[]> unused = new ArrayList<>();
    byte[][] next = {Keys.EMPTY};
    int[] seen = {0};
    boolean all =
        database.scan(
            Family.CURSORS,
            from,
            new byte[] {-1},
            (key, value) -> {
              next[0] = key;
              if (isForgotten(StoredCursor.usedOf(value), clock.millis())) {
                unused.add(key);
              }
              return ++seen[0] < atOnce;
            });
    if (!unused.isEmpty()) {
      Readers.await(committer.submit(changes -> purge(changes, unused)));
    }
    return all ? Optional.empty() : Optional.of(new ByteWriter(64).raw(next[0]).u8(0).done());
  }

  private boolean purge(Changes changes, List<byte[]> keys) {
    for (byte[] key : keys) {
      byte[] row = changes.get(Family.CURSORS, key);
      // Somebody may have used it meanwhile.
      if (row != null && isForgotten(StoredCursor.usedOf(row), changes.now().toEpochMilli())) {
        changes.delete(Family.CURSORS, key);
      }
    }
    return true;
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
