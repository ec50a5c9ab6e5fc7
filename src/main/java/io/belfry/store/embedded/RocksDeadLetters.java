package io.belfry.store.embedded;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.DeadLetter;
import io.belfry.core.log.DeadLetters;
import io.belfry.core.log.Entry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The dead letters and redeliveries in RocksDB.
final class RocksDeadLetters implements DeadLetters {
  private final Committer committer;
  private final DeadRows dead;
  private final Database database;
  private final Readers readers;
  private final InstantSource clock;

  RocksDeadLetters(
      Committer committer, DeadRows dead, Database database, Readers readers, InstantSource clock) {
    this.committer = committer;
    this.dead = dead;
    this.database = database;
    this.readers = readers;
    this.clock = clock;
  }

  @Override
  public boolean add(DeadLetter letter) {
    return Readers.await(committer.submit(changes -> dead.add(changes, letter)));
  }

  @Override
  public List<DeadLetter> after(long offset, int limit) {
    return readers.read(() -> {
      long now = clock.millis();
      List<DeadLetter> letters = new ArrayList<>();
      database.scan(
          Family.MARKS,
          Keys.dead(offset + 1),
          Keys.dead(Long.MAX_VALUE),
          (key, value) -> {
            if (letters.size() >= limit) {
              return false;
            }
            if (DeadLetterCodec.expires(value) > now) {
              letters.add(DeadLetterCodec.decode(Keys.offset(key), value));
            }
            return true;
          });
      return letters;
    });
  }

  @Override
  public boolean redeliver(long offset) {
    return Readers.await(committer.submit(changes -> dead.redeliver(changes, offset)));
  }

  @Override
  public List<Long> redeliveries(CursorKey key) {
    return readers.read(() -> {
      long now = clock.millis();
      List<Long> offsets = new ArrayList<>();
      database.scan(
          Family.MARKS,
          Keys.redeliveries(key),
          (row, value) -> {
            long offset = Keys.offset(row);
            if (EntryCodec.head(offset, value).expires() > now) {
              offsets.add(offset);
            }
            return true;
          });
      return offsets;
    });
  }

  @Override
  public @Nullable Entry redelivery(CursorKey key, long offset) {
    return readers.read(() -> {
      byte[] row = database.get(Family.MARKS, Keys.redelivery(key, offset));
      Entry entry = row == null ? null : EntryCodec.decode(offset, row);
      return entry == null || entry.isExpired(clock.instant()) ? null : entry;
    });
  }

  @Override
  public void settled(CursorKey key, long offset) {
    Readers.await(
        committer.submit(changes -> {
          changes.delete(Family.MARKS, Keys.redelivery(key, offset));
          return true;
        }));
  }
}
