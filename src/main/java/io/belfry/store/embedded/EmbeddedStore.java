package io.belfry.store.embedded;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.belfry.core.log.Bells;
import io.belfry.core.log.Cursors;
import io.belfry.core.log.DeadLetters;
import io.belfry.core.log.Destination;
import io.belfry.core.log.DeviceRecords;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Presence;
import io.belfry.core.log.Retention;
import io.belfry.core.log.Store;
import io.belfry.core.log.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;

/// The store of one node that needs nothing but a directory: everything is in RocksDB, synced to
/// disk before it is answered. It opens after a crash as it was at the last answer.
public final class EmbeddedStore implements Store {
  // 2: an append writes the head of its log in front of the entry.
  private static final int FORMAT = 2;
  // Some 30 MB of the heap.
  private static final int HOT_LOGS = 100_000;

  private final DataDirectory directory;
  private final Database database;
  private final Counters counters = new Counters();
  private final Committer committer;
  private final Readers readers = new Readers(counters);
  private final ScheduledThreadPoolExecutor housekeeping = thread("belfry-housekeeper");
  // What must never wait for the disk.
  private final ScheduledThreadPoolExecutor watch = thread("belfry-watch");
  private final Housekeeper housekeeper;

  private final EmbeddedBells bells = new EmbeddedBells();
  private final EmbeddedPresence presence = new EmbeddedPresence(watch);
  private final RocksLogs logs;
  private final RocksCursors cursors;
  private final RocksDeadLetters deadLetters;
  private final RocksDeviceRecords deviceRecords;

  private EmbeddedStore(
      DataDirectory directory, Database database, Retention retention, InstantSource clock) {
    this.directory = directory;
    this.database = database;
    Cache<Destination, HotLog> hot =
        Caffeine.newBuilder()
            .maximumWeight(HOT_LOGS)
            .weigher((Destination destination, HotLog log) -> log.weight())
            .executor(Runnable::run)
            .build();
    IdempotencyKeys keys = new IdempotencyKeys(retention.idempotencyKeep());
    keys.load(database);
    Committer.Recovery recovery =
        () -> {
          database.place().check();
          directory.probe();
          database.reopen();
          keys.load(database);
        };
    committer = new Committer(database, hot, bells, clock, counters, recovery);
    DeadRows dead = new DeadRows(retention);
    AppendOperation.Context appends =
        new AppendOperation.Context(new LogRows(retention.maxMessages(), dead), keys, bells);
    logs = new RocksLogs(committer, appends, database, readers, hot, clock, counters);
    cursors = new RocksCursors(committer, database, readers, retention, clock);
    deadLetters = new RocksDeadLetters(committer, dead, database, readers, clock);
    deviceRecords = new RocksDeviceRecords(committer, database, readers, clock);
    housekeeper =
        new Housekeeper(database, committer, appends, dead, cursors, deviceRecords, clock);
  }

  /// Opens the store in `directory`, which is made where it is missing.
  ///
  /// @throws DataDirectoryException where it cannot be used: its message says what to do
  public static EmbeddedStore open(Path directory, Retention retention, InstantSource clock) {
    DataDirectory held = DataDirectory.open(directory);
    Database database = null;
    try {
      Files.createDirectories(held.database());
      database = new Database(held.database());
      checkFormat(held, database);
      EmbeddedStore store = new EmbeddedStore(held, database, retention, clock);
      store.start();
      return store;
    } catch (RocksDBException | IOException | RuntimeException e) {
      if (database != null) {
        database.close();
      }
      held.close();
      throw e instanceof DataDirectoryException why
          ? why
          : new DataDirectoryException(
              "The data directory " + held.path() + " cannot be opened: " + e.getMessage() + ".",
              remedy(e),
              e);
    }
  }

  @Override
  public Logs logs() {
    return logs;
  }

  @Override
  public Cursors cursors() {
    return cursors;
  }

  @Override
  public Bells bells() {
    return bells;
  }

  @Override
  public Presence presence() {
    return presence;
  }

  @Override
  public DeadLetters deadLetters() {
    return deadLetters;
  }

  @Override
  public DeviceRecords deviceRecords() {
    return deviceRecords;
  }

  /// What it counts.
  public Counters counters() {
    return counters;
  }

  /// Whether it takes changes: the last write succeeded, or the disk is back since, and the
  /// directory is where it was.
  @Override
  public boolean isUp() {
    return committer.isUp() && isInPlace();
  }

  /// The operations that wait for the committer.
  public int waiting() {
    return committer.waiting();
  }

  /// Copies everything that is durable now to `target`, which must not be there yet, while the
  /// store goes on. A store opens there as it was. On the same disk it takes next to no room at
  /// first: files are shared as long as both have them. `target` is there once it is whole; until
  /// then it is made beside, with `.partial` behind its name. Blocks.
  ///
  /// @throws StoreUnavailableException where it could not be written
  public void backup(Path target) {
    if (Files.exists(target)) {
      throw new IllegalArgumentException("A backup needs a new directory: " + target);
    }
    Path partial = target.resolveSibling(target.getFileName() + ".partial");
    readers.read(() -> {
      database.place().check();
      Files.createDirectories(partial);
      try {
        database.checkpoint(partial.resolve(DataDirectory.DATABASE));
      } catch (StoreUnavailableException failure) {
        // What it had begun it has taken away.
        Files.delete(partial);
        throw failure;
      }
      return Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    });
  }

  /// Deletes what has expired and gives its space back to the disk at once. Blocks, and reads and
  /// writes the whole store: without it the same happens by and by.
  public void compact() {
    housekeeper.sweep();
    for (Family family : Family.values()) {
      database.compact(family);
    }
  }

  /// Finishes what was taken, and closes. Whoever asks for something afterwards gets a
  /// [io.belfry.core.log.StoreUnavailableException].
  @Override
  public void close() {
    database.cancelCompactions();
    housekeeping.shutdown();
    watch.shutdown();
    committer.close();
    readers.close();
    housekeeping.close();
    watch.close();
    database.close();
    directory.close();
  }

  /// For tests that look at the rows.
  Database database() {
    return database;
  }

  private boolean isInPlace() {
    try {
      database.place().check();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void start() {
    committer.start();
    housekeeper.start(housekeeping);
    var _ = watch.scheduleAtFixedRate(committer::look, 500, 500, TimeUnit.MILLISECONDS);
  }

  private static ScheduledThreadPoolExecutor thread(String name) {
    ScheduledThreadPoolExecutor thread =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name(name).daemon().factory());
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return thread;
  }

  // Nothing is wrong with a directory that has no room: a copy in its place would lose what came
  // after it.
  private static String remedy(Exception failure) {
    boolean isFull =
        failure instanceof RocksDBException told
            && told.getStatus() != null
            && told.getStatus().getSubCode() == Status.SubCode.NoSpace;
    return isFull
        ? "Make room on its disk, or move it to a larger one and set belfry.data-dir to that."
        : "Set belfry.data-dir to another directory, or bring back a copy of this one.";
  }

  private static void checkFormat(DataDirectory directory, Database database)
      throws RocksDBException {
    byte[] row = database.get(Family.MARKS, Keys.FORMAT);
    long format = row == null ? 0 : new ByteReader("the format", row).varint();
    // What an older one has written can be read; what comes now it could not.
    if (format < FORMAT) {
      try (WriteBatch batch = new WriteBatch()) {
        byte[] own = new ByteWriter(1).varint(FORMAT).done();
        batch.put(database.family(Family.MARKS), Keys.FORMAT, own);
        database.write(batch);
      }
    }
    if (format > FORMAT) {
      throw new DataDirectoryException(
          "The data directory "
              + directory.path()
              + " was written by a newer Belfry (format "
              + format
              + ", this one knows "
              + FORMAT
              + ").",
          "Run that one, or set belfry.data-dir to another directory.",
          null);
    }
  }
}
