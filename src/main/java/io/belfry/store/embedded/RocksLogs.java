package io.belfry.store.embedded;

import com.github.benmanes.caffeine.cache.Cache;
import io.belfry.core.log.Appended;
import io.belfry.core.log.Batch;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Push;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The logs in RocksDB. Changes go to the committer; reads see one moment of the database, so that
/// entries, last offset and gap belong together.
final class RocksLogs implements Logs {
  private final Committer committer;
  private final AppendOperation.Context appends;
  private final Database database;
  private final Readers readers;
  private final Cache<Destination, HotLog> hot;
  private final InstantSource clock;
  private final Counters counters;

  RocksLogs(
      Committer committer,
      AppendOperation.Context appends,
      Database database,
      Readers readers,
      Cache<Destination, HotLog> hot,
      InstantSource clock,
      Counters counters) {
    this.committer = committer;
    this.appends = appends;
    this.database = database;
    this.readers = readers;
    this.hot = hot;
    this.clock = clock;
    this.counters = counters;
  }

  @Override
  public CompletableFuture<Appended> append(Push push) {
    counters.appends.increment();
    return committer.submit(new AppendOperation(appends, push));
  }

  @Override
  public Batch after(Destination destination, long position, int maxEntries, long maxBytes) {
    // A read may have seen a batch that is written and not yet at hand: only who is exactly where
    // this
    // says that the log ends is at its end, and no position ever goes back.
    HotLog log = hot.getIfPresent(destination);
    if (log != null && log.meta().last() == position) {
      LogMeta meta = log.meta();
      return new Batch(List.of(), meta.last(), meta.trimmed().at(clock.millis()));
    }
    Batch batch =
        readers.read(() ->
            database.consistently(
                rows -> after(rows, destination, position, maxEntries, maxBytes)));
    counters.entriesRead.add(batch.entries().size());
    return batch;
  }

  @Override
  public @Nullable Entry entry(Destination destination, long offset) {
    return readers.read(() -> {
      byte[] row = database.get(Family.ENTRIES, Keys.entry(Keys.log(destination), offset));
      Entry entry = row == null ? null : EntryCodec.decode(offset, row);
      return entry == null || entry.isExpired(clock.instant()) ? null : entry;
    });
  }

  @Override
  public long last(Destination destination) {
    return readers.read(
        () -> database.consistently(rows -> meta(rows, Keys.log(destination)).last()));
  }

  @Override
  public void retract(Destination destination, long offset) {
    Readers.await(
        committer.submit(changes -> {
          appends.logs().remove(changes, destination, offset);
          return true;
        }));
  }

  @Override
  public Map<String, Long> queues(String user) {
    return readers.read(() -> database.consistently(rows -> queues(rows, user)));
  }

  private static Map<String, Long> queues(CommittedRows rows, String user) {
    Map<String, Long> queues = new TreeMap<>();
    rows.scan(
        Family.LOGS,
        Keys.queuesOf(user),
        (key, row) -> {
          if (Keys.destination(key) instanceof Destination.Queue queue) {
            queues.put(queue.queue(), LogHeads.of(rows, key, row).last());
          }
          return true;
        });
    return queues;
  }

  private Batch after(
      CommittedRows rows, Destination destination, long position, int maxEntries, long maxBytes) {
    Instant now = clock.instant();
    byte[] log = Keys.log(destination);
    LogMeta meta = meta(rows, log);
    Reading reading = new Reading(maxEntries, maxBytes, now);
    byte[] from = Keys.entry(log, Math.max(position + 1, meta.first()));
    byte[] end = Keys.entry(log, meta.last() + 1);
    boolean wasAll =
        meta.last() <= position || rows.scan(Family.ENTRIES, from, end, reading::visit);
    long readUpTo = wasAll ? meta.last() : reading.readUpTo;
    return new Batch(List.copyOf(reading.entries), readUpTo, meta.trimmed().at(now.toEpochMilli()));
  }

  private static LogMeta meta(CommittedRows rows, byte[] log) {
    return Objects.requireNonNullElse(LogHeads.of(rows, log), LogMeta.NEW);
  }

  /// Gathers entries until there are enough.
  private static final class Reading {
    private final List<Entry> entries = new ArrayList<>();
    private final int maxEntries;
    private final Instant now;
    private long bytesLeft;
    private long readUpTo;

    Reading(int maxEntries, long maxBytes, Instant now) {
      this.maxEntries = maxEntries;
      this.bytesLeft = maxBytes;
      this.now = now;
    }

    boolean visit(byte[] key, byte[] value) {
      long offset = Keys.offset(key);
      Entry entry = EntryCodec.decode(offset, value);
      if (!entry.isExpired(now)) {
        boolean fits = entries.isEmpty() || entry.size() <= bytesLeft;
        if (entries.size() >= maxEntries || !fits) {
          return false;
        }
        entries.add(entry);
        bytesLeft -= entry.size();
      }
      readUpTo = offset;
      return true;
    }
  }
}
