package io.belfry.store.embedded;

import io.belfry.core.log.Destination;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes what has expired, once a minute or so, and has RocksDB write a family anew where more
/// was deleted than is left. Its deleting goes through the committer in small operations, so that
/// it delays nobody.
final class Housekeeper {
  private static final Logger LOGGER = LoggerFactory.getLogger(Housekeeper.class);
  private static final Duration BETWEEN = Duration.ofMinutes(1);
  private static final int LOGS_AT_ONCE = 1000;
  private static final int PURGED_TOGETHER = 16;
  private static final long WORTH_COMPACTING = 64 * 1024 * 1024;

  private final Database database;
  private final Committer committer;
  private final AppendOperation.Context appends;
  private final DeadRows dead;
  private final RocksCursors cursors;
  private final RocksDeviceRecords records;
  private final InstantSource clock;
  private final Map<Family, Long> freed = new EnumMap<>(Family.class);

  Housekeeper(
      Database database,
      Committer committer,
      AppendOperation.Context appends,
      DeadRows dead,
      RocksCursors cursors,
      RocksDeviceRecords records,
      InstantSource clock) {
    this.database = database;
    this.committer = committer;
    this.appends = appends;
    this.dead = dead;
    this.cursors = cursors;
    this.records = records;
    this.clock = clock;
  }

  void start(ScheduledExecutorService thread) {
    var _ = thread.schedule(() -> run(thread), BETWEEN.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Deletes everything that has expired. Blocks.
  void sweep() {
    sweepLogs();
    cursors.purge();
    records.purge();
    Readers.await(
        committer.submit(changes -> {
          dead.purge(changes);
          return true;
        }));
    Readers.await(committer.submit(changes -> appends.keys().purge(changes)))
        .ifPresent(end -> database.deleteFiles(Family.KEYS, new byte[8], end));
  }

  /// Has a family written anew where it is worth it. Blocks.
  void compactWhereWorth() {
    long deleted = freed.getOrDefault(Family.ENTRIES, 0L);
    if (deleted > WORTH_COMPACTING && deleted > database.size(Family.ENTRIES) / 2) {
      freed.remove(Family.ENTRIES);
      database.compact(Family.ENTRIES);
    }
  }

  private void run(ScheduledExecutorService thread) {
    long start = System.nanoTime();
    try {
      if (committer.isUp()) {
        sweep();
        compactWhereWorth();
      }
    } catch (RuntimeException e) {
      LOGGER.warn("Deleting what has expired was not finished; it goes on later.", e);
    }
    // With very many logs, it never takes more than a twentieth of the time.
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    if (!thread.isShutdown()) {
      long pause = Math.max(BETWEEN.toMillis(), 20 * took);
      var _ = thread.schedule(() -> run(thread), pause, TimeUnit.MILLISECONDS);
    }
  }

  private void sweepLogs() {
    byte[] from = Keys.EMPTY;
    boolean all;
    do {
      List<Destination> due = new ArrayList<>();
      byte[][] last = {from};
      int[] seen = {0};
      long now = clock.millis();
      all =
          database.scan(
              Family.LOGS,
              from,
              new byte[] {-1},
              (key, value) -> {
                last[0] = key;
                if (appends.logs().isWorthPurging(LogHeads.of(database, key, value), now)) {
                  due.add(Keys.destination(key));
                }
                return ++seen[0] < LOGS_AT_ONCE;
              });
      purge(due);
      from = new ByteWriter(64).raw(last[0]).u8(0).done();
    } while (!all);
  }

  private void purge(List<Destination> due) {
    for (int i = 0; i < due.size(); i += PURGED_TOGETHER) {
      List<Destination> some = due.subList(i, Math.min(due.size(), i + PURGED_TOGETHER));
      long bytes =
          Readers.await(
              committer.submit(changes ->
                  some.stream().mapToLong(log -> appends.logs().purge(changes, log)).sum()));
      freed.merge(Family.ENTRIES, bytes, Long::sum);
    }
  }
}
