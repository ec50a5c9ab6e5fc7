package io.belfry.store.embedded;

import io.belfry.core.log.Bell;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.DeadLetter;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Offsets;
import io.belfry.core.log.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// How the rows of dead letters and redeliveries change. On the committer's thread.
///
/// A log whose entries ever became dead letters has that in its head, and each of those entries a
/// note of its dead letters: so that what is retracted is gone from here too, and costs nothing
/// where there are none.
final class DeadRows {
  private static final byte[] FROM = Keys.dead(0);
  private static final byte[] END = Keys.dead(Long.MAX_VALUE);
  private static final int PLACE_VERSION = 1;

  /// The last offset assigned to a dead letter, and how many there are.
  private record Head(long last, int count) {
    static final int VERSION = 1;
  }

  private final Duration ttl;

  DeadRows(Retention retention) {
    this.ttl = retention.ttl();
  }

  /// Adds one under the next offset instead of its redelivery and of the one that its device has of
  /// this entry, and drops the oldest where there are too many.
  ///
  /// @return false where the entry is gone
  boolean add(Changes changes, DeadLetter letter) {
    Destination destination = letter.key().destination();
    HotLog log = changes.log(destination);
    byte[] entry = Keys.entry(log.key(), letter.entry().offset());
    byte[] redelivery = Keys.redelivery(letter.key(), letter.entry().offset());
    if (changes.get(Family.ENTRIES, entry) == null
        && changes.get(Family.MARKS, redelivery) == null) {
      return false;
    }
    byte[] place = Keys.place(letter.key(), letter.entry().offset());
    byte[] earlier = changes.get(Family.MARKS, place);
    if (earlier != null) {
      delete(
          changes,
          new ByteReader("a dead letter's place", earlier).version(PLACE_VERSION).varint());
    }
    changes.log(log.with(log.meta().withNoted()));
    Head head = head(changes);
    long offset = Offsets.next(head.last(), changes.now());
    put(changes, new Head(offset, head.count() + 1));
    dropOverflow(changes);
    Instant expires = changes.now().plus(ttl);
    DeadLetter placed =
        new DeadLetter(offset, letter.key(), letter.deliveries(), letter.reason(), letter.entry());
    changes.put(Family.MARKS, Keys.dead(offset), DeadLetterCodec.encode(placed, expires));
    changes.put(Family.MARKS, place, new ByteWriter(10).u8(PLACE_VERSION).varint(offset).done());
    changes.put(Family.MARKS, Keys.noted(log.key(), letter.entry().offset(), offset), Keys.EMPTY);
    changes.delete(Family.MARKS, redelivery);
    return true;
  }

  /// Moves one to its device's redeliveries and rings.
  ///
  /// @return false where it is not there, or has expired
  boolean redeliver(Changes changes, long offset) {
    byte[] row = changes.get(Family.MARKS, Keys.dead(offset));
    if (row == null || DeadLetterCodec.expires(row) <= changes.now().toEpochMilli()) {
      return false;
    }
    DeadLetter letter = DeadLetterCodec.decode(offset, row);
    delete(changes, offset);
    CursorKey key = letter.key();
    changes.put(
        Family.MARKS,
        Keys.redelivery(key, letter.entry().offset()),
        EntryCodec.encode(until(letter.entry(), changes.now().plus(ttl)), null, false));
    changes.ring(key.destination(), new Bell.Redeliver(key.user(), key.device()));
    return true;
  }

  /// Deletes all dead letters and redeliveries of an entry.
  ///
  /// @return whether there was a redelivery
  boolean forget(Changes changes, Destination destination, byte[] log, long entry) {
    List<Long> letters = new ArrayList<>();
    changes.scan(
        Family.MARKS, Keys.noted(log, entry), (key, value) -> letters.add(Keys.offset(key)));
    letters.forEach(offset -> delete(changes, offset));
    List<byte[]> redeliveries = new ArrayList<>();
    changes.scan(
        Family.MARKS,
        Keys.redeliveries(log),
        (key, value) -> Keys.offset(key) != entry || redeliveries.add(key));
    redeliveries.forEach(key -> changes.delete(Family.MARKS, key));
    return !redeliveries.isEmpty();
  }

  /// Deletes what has expired.
  void purge(Changes changes) {
    long now = changes.now().toEpochMilli();
    List<Long> letters = new ArrayList<>();
    changes.scan(
        Family.MARKS,
        FROM,
        END,
        (key, value) -> DeadLetterCodec.expires(value) <= now && letters.add(Keys.offset(key)));
    letters.forEach(offset -> delete(changes, offset));
    changes.scan(
        Family.MARKS,
        Keys.redeliveries(),
        (key, value) -> {
          if (EntryCodec.head(Keys.offset(key), value).expires() <= now) {
            changes.delete(Family.MARKS, key);
          }
          return true;
        });
  }

  private static void dropOverflow(Changes changes) {
    int tooMany = head(changes).count() - Retention.MAX_DEAD_LETTERS;
    if (tooMany > 0) {
      List<Long> oldest = new ArrayList<>();
      changes.scan(
          Family.MARKS,
          FROM,
          END,
          (key, value) -> {
            oldest.add(Keys.offset(key));
            return oldest.size() < tooMany;
          });
      oldest.forEach(offset -> delete(changes, offset));
    }
  }

  private static Head head(Changes changes) {
    byte[] row = changes.get(Family.MARKS, Keys.DEAD_HEAD);
    if (row == null) {
      return new Head(0, 0);
    }
    ByteReader reader = new ByteReader("the head of the dead letters", row).version(Head.VERSION);
    return new Head(reader.varint(), (int) reader.varint());
  }

  private static void put(Changes changes, Head head) {
    byte[] row =
        new ByteWriter(20).u8(Head.VERSION).varint(head.last()).varint(head.count()).done();
    changes.put(Family.MARKS, Keys.DEAD_HEAD, row);
  }

  private static void delete(Changes changes, long offset) {
    byte[] row = changes.get(Family.MARKS, Keys.dead(offset));
    if (row != null) {
      DeadLetter letter = DeadLetterCodec.decode(offset, row);
      byte[] log = Keys.log(letter.key().destination());
      changes.delete(Family.MARKS, Keys.dead(offset));
      changes.delete(Family.MARKS, Keys.place(letter.key(), letter.entry().offset()));
      changes.delete(Family.MARKS, Keys.noted(log, letter.entry().offset(), offset));
      Head head = head(changes);
      put(changes, new Head(head.last(), Math.max(0, head.count() - 1)));
    }
  }

  private static Entry until(Entry entry, Instant expires) {
    return new Entry(
        entry.offset(),
        entry.id(),
        entry.timestamp(),
        expires,
        entry.contentType(),
        entry.headers(),
        entry.body());
  }
}
