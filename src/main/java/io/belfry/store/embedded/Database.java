package io.belfry.store.embedded;

import io.belfry.core.log.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// RocksDB in one directory, and how to open it anew while others read: after a write has failed
/// RocksDB does not take another before that.
///
/// Its native objects must not be used once they are closed, so every use holds the lock that
/// opening and closing take alone.
final class Database implements CommittedRows, AutoCloseable {
  /// Something that RocksDB does.
  @FunctionalInterface
  interface Native<T> {
    T run(RocksDB db) throws RocksDBException;
  }

  private final Path directory;
  private final Place place;
  private final RocksOptions options;
  private final ReadOptions latest;
  private final WriteOptions synced;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Compactions compactions = new Compactions();

  // Written under the write lock alone.
  private @Nullable RocksDB db;
  private final Map<Family, ColumnFamilyHandle> families = new EnumMap<>(Family.class);

  Database(Path directory) throws RocksDBException, IOException {
    NativeLibrary.load(directory);
    this.directory = directory;
    this.options = new RocksOptions();
    this.latest = new ReadOptions();
    this.synced = new WriteOptions().setSync(true);
    try {
      open();
      place = new Place(directory);
    } catch (RocksDBException | IOException | RuntimeException e) {
      close();
      throw e;
    }
    // Where nothing is there any more, an empty one is no replacement.
    options.database().setCreateIfMissing(false);
  }

  @Override
  public byte @Nullable [] get(Family family, byte[] key) {
    return using(open -> open.get(family(family), latest, key));
  }

  @Override
  public boolean scan(Family family, byte[] from, byte[] to, Visitor visitor) {
    return using(open -> {
      try (ReadOptions range = new ReadOptions()) {
        return scan(open, range, family, from, to, visitor);
      }
    });
  }

  @Override
  public Optional<Row> last(Family family, byte[] from, byte[] to) {
    return using(open -> {
      try (ReadOptions range = new ReadOptions()) {
        return last(open, range, family, from, to);
      }
    });
  }

  /// Reads from one moment of the database.
  <T> T consistently(Function<CommittedRows, T> reader) {
    return using(open -> {
      Snapshot moment = open.getSnapshot();
      try {
        return reader.apply(new Moment(open, moment));
      } finally {
        open.releaseSnapshot(moment);
        moment.close();
      }
    });
  }

  /// Writes it all or nothing, synced to disk. Where it throws, all of it may still be there once
  /// the database was opened anew, and the database takes nothing more before that.
  void write(WriteBatch batch) throws RocksDBException {
    lock.readLock().lock();
    try {
      opened().write(synced, batch);
    } finally {
      lock.readLock().unlock();
    }
  }

  /// Where it was opened.
  Place place() {
    return place;
  }

  /// Closes it and opens it again.
  void reopen() throws RocksDBException {
    lock.writeLock().lock();
    try {
      shut();
      open();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /// Runs something of RocksDB's own; what it throws says that the store cannot do it now.
  <T> T using(Native<T> what) {
    Lock reading = lock.readLock();
    reading.lock();
    try {
      return what.run(opened());
    } catch (RocksDBException e) {
      throw new StoreUnavailableException("The data directory cannot be read.", e);
    } finally {
      reading.unlock();
    }
  }

  /// To be used while the lock is held: within [#using], or by who writes.
  ColumnFamilyHandle family(Family family) {
    ColumnFamilyHandle handle = families.get(family);
    if (handle == null) {
      throw unavailable();
    }
    return handle;
  }

  /// Makes a copy in `directory`, which must not be there yet.
  void checkpoint(Path target) {
    using(open -> {
      try (Checkpoint checkpoint = Checkpoint.create(open)) {
        checkpoint.createCheckpoint(target.toString());
      }
      return true;
    });
  }

  /// The bytes that a family takes on disk, its WAL left out.
  long size(Family family) {
    return using(open -> open.getLongProperty(family(family), "rocksdb.live-sst-files-size"));
  }

  /// Writes out a family's rows anew, without what was deleted.
  void compact(Family family) {
    using(open -> {
      compactions.run(open, family(family));
      return true;
    });
  }

  /// Ends compactions that were asked for, and lets none begin.
  void cancelCompactions() {
    compactions.cancel();
  }

  /// Deletes the files that hold nothing but rows of this range; rows are left where files hold
  /// others too.
  void deleteFiles(Family family, byte[] from, byte[] to) {
    using(open -> {
      open.deleteFilesInRanges(family(family), List.of(from, to), false);
      return true;
    });
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      shut();
      latest.close();
      synced.close();
      options.close();
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void open() throws RocksDBException {
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    db = RocksDB.open(options.database(), directory.toString(), options.families(), handles);
    Iterator<ColumnFamilyHandle> handle = handles.iterator();
    for (Family family : Family.values()) {
      families.put(family, handle.next());
    }
  }

  private void shut() {
    families.values().forEach(ColumnFamilyHandle::close);
    families.clear();
    if (db != null) {
      db.close();
      db = null;
    }
  }

  private RocksDB opened() {
    if (db == null) {
      throw unavailable();
    }
    return db;
  }

  private static StoreUnavailableException unavailable() {
    return new StoreUnavailableException("The data directory is not open.", null);
  }

  private boolean scan(
      RocksDB open, ReadOptions range, Family family, byte[] from, byte[] to, Visitor visitor)
      throws RocksDBException {
    try (Slice end = new Slice(to)) {
      range.setIterateUpperBound(end);
      try (RocksIterator rows = open.newIterator(family(family), range)) {
        for (rows.seek(from); rows.isValid(); rows.next()) {
          if (!visitor.visit(rows.key(), rows.value())) {
            return false;
          }
        }
        rows.status();
        return true;
      }
    }
  }

  private Optional<Row> last(RocksDB open, ReadOptions range, Family family, byte[] from, byte[] to)
      throws RocksDBException {
    try (Slice begin = new Slice(from);
        Slice end = new Slice(to)) {
      range.setIterateLowerBound(begin).setIterateUpperBound(end);
      try (RocksIterator rows = open.newIterator(family(family), range)) {
        rows.seekToLast();
        Optional<Row> found =
            rows.isValid() ? Optional.of(new Row(rows.key(), rows.value())) : Optional.empty();
        rows.status();
        return found;
      }
    }
  }

  /// The database as it was when this was made.
  private final class Moment implements CommittedRows {
    private final RocksDB open;
    private final Snapshot snapshot;

    Moment(RocksDB open, Snapshot snapshot) {
      this.open = open;
      this.snapshot = snapshot;
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) {
      return using(same -> {
        try (ReadOptions at = new ReadOptions().setSnapshot(snapshot)) {
          return open.get(family(family), at, key);
        }
      });
    }

    @Override
    public boolean scan(Family family, byte[] from, byte[] to, Visitor visitor) {
      return using(same -> {
        try (ReadOptions at = new ReadOptions().setSnapshot(snapshot)) {
          return Database.this.scan(open, at, family, from, to, visitor);
        }
      });
    }

    @Override
    public Optional<Row> last(Family family, byte[] from, byte[] to) {
      return using(same -> {
        try (ReadOptions at = new ReadOptions().setSnapshot(snapshot)) {
          return Database.this.last(open, at, family, from, to);
        }
      });
    }
  }
}
