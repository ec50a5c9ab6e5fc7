package io.belfry.store.embedded;

import com.github.benmanes.caffeine.cache.Cache;
import io.belfry.core.log.Bell;
import io.belfry.core.log.Destination;
import io.belfry.core.log.StoreUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that changes the store. It takes what has gathered, applies it to one batch,
/// writes and syncs that, and has it rung and answered, in order: while one batch is being synced,
/// the next one gathers.
///
/// What waits fails after four seconds, whether the disk is slow or does not answer at all; while
/// it does not, what comes fails at once. What is under way then may still become durable.
///
/// Where a write fails, everything in it fails, nothing rings, and nothing is taken any more until
/// the disk takes a probe and the database was opened anew. A batch that failed may have reached
/// the disk whole: then its entries are there afterwards, with their idempotency keys, and every
/// feed is told to look. A write to a directory that is not in its place any more has failed.
final class Committer implements AutoCloseable {
  /// How it finds out that the disk is back.
  interface Recovery {
    /// Opens the database anew if the disk can be written again.
    void attempt() throws Exception;
  }

  private static final Logger LOGGER = LoggerFactory.getLogger(Committer.class);
  private static final Duration IDLE = Duration.ofHours(1);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(500);
  private static final int ATTEMPTS_PER_WARNING = 60;
  private static final int PORTION = 64;
  private static final int MAX_PORTIONS = 16;
  // A push answers within 5 s.
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final Database database;
  private final Cache<Destination, HotLog> hot;
  private final EmbeddedBells bells;
  private final InstantSource clock;
  private final Counters counters;
  private final Recovery recovery;
  private final Intake intake = new Intake();
  private final Announcer announcer = new Announcer();
  private final Thread thread;
  private int attempts;

  // Why nothing is taken now: written by the committer, read by whoever submits.
  private volatile @Nullable StoreUnavailableException outage;

  // What the committer works on, for who looks whether it is stuck.
  private volatile @Nullable Batch underWay;
  private volatile boolean stuck;

  private record Batch(List<Pending<?>> operations, long since) {}

  Committer(
      Database database,
      Cache<Destination, HotLog> hot,
      EmbeddedBells bells,
      InstantSource clock,
      Counters counters,
      Recovery recovery) {
    this.database = database;
    this.hot = hot;
    this.bells = bells;
    this.clock = clock;
    this.counters = counters;
    this.recovery = recovery;
    this.thread = Thread.ofPlatform().name("belfry-committer").daemon().unstarted(this::run);
  }

  void start() {
    announcer.start();
    thread.start();
  }

  /// Has `operation` done; the future ends once it is durable, or with a
  /// [StoreUnavailableException]; within five seconds. Does not block.
  <T> CompletableFuture<T> submit(Operation<T> operation) {
    Pending<T> pending = new Pending<>(operation);
    StoreUnavailableException why = outage;
    if (why == null && stuck) {
      why = new StoreUnavailableException("The disk does not answer.", null);
    }
    if (why == null && !intake.offer(pending)) {
      why = new StoreUnavailableException("The store takes nothing more now.", null);
    }
    if (why != null) {
      pending.fail(why);
    }
    return pending.future();
  }

  /// Has `change` made for each of `all`, in portions, one after the other: a push that comes
  /// meanwhile waits for one of them, which takes a fraction of a millisecond. Many make larger
  /// portions, not more, as each is synced. Blocks.
  <T> void submitEach(List<T> all, BiConsumer<Changes, T> change) {
    int portion = Math.max(PORTION, Math.ceilDiv(all.size(), MAX_PORTIONS));
    for (int i = 0; i < all.size(); i += portion) {
      List<T> some = all.subList(i, Math.min(all.size(), i + portion));
      Readers.await(
          submit(changes -> {
            some.forEach(one -> change.accept(changes, one));
            return true;
          }));
    }
  }

  /// To be called now and then, on another thread: fails what has waited too long.
  void look() {
    long tooOld = System.nanoTime() - PATIENCE.toNanos();
    fail(intake.takeUntil(tooOld), "The disk is too slow.", null);
    Batch batch = underWay;
    if (batch == null || batch.since() - tooOld > 0) {
      return;
    }
    if (!stuck) {
      LOGGER.error("The disk has not answered for {} s.", PATIENCE.toSeconds());
    }
    stuck = true;
    Batch still = underWay;
    if (still == null || still.since() != batch.since()) {
      stuck = false;
      return;
    }
    fail(batch.operations(), "The disk does not answer.", null);
    fail(intake.takeAll(), "The disk does not answer.", null);
  }

  int waiting() {
    return intake.size();
  }

  /// Whether the last write succeeded.
  boolean isUp() {
    return outage == null && !stuck && thread.isAlive();
  }

  /// Finishes what was taken and ends.
  @Override
  public void close() {
    intake.close();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (true) {
        List<Pending<?>> batch = intake.take(outage == null ? IDLE : BETWEEN_ATTEMPTS);
        if (outage != null) {
          recover();
        }
        StoreUnavailableException why = outage;
        if (why != null) {
          batch.forEach(pending -> pending.fail(why));
        } else if (!batch.isEmpty()) {
          underWay = new Batch(List.copyOf(batch), System.nanoTime());
          commit(batch);
          underWay = null;
          stuck = false;
        }
        if (batch.isEmpty() && intake.isClosed()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      LOGGER.error("The committer was interrupted; nothing is taken any more.");
    } finally {
      intake.close();
      fail(intake.takeAll(), "The store is closed.", null);
      announcer.close();
    }
  }

  private void commit(List<Pending<?>> batch) throws InterruptedException {
    List<Pending<?>> applied = new ArrayList<>(batch);
    Changes changes;
    try {
      changes = apply(applied);
      write(changes);
      // Also where nothing is written: what is answered then was accepted before.
      database.place().check();
    } catch (RocksDBException | IOException | RuntimeException | Error e) {
      counters.failedCommits.increment();
      LOGGER.error("The data directory could not be written. Trying again until it can.", e);
      StoreUnavailableException why =
          new StoreUnavailableException("The data directory cannot be written now.", e);
      outage = why;
      applied.forEach(pending -> pending.fail(why));
      fail(intake.takeAll(), "The data directory cannot be written now.", e);
      return;
    }
    hot.putAll(changes.logs());
    counters.operations.add(applied.size());
    announcer.announce(() -> {
      changes.rings().forEach(ring -> bells.ring(ring.destination(), ring.bell()));
      applied.forEach(Pending::succeed);
    });
  }

  // What cannot be applied fails alone: the others begin anew without it.
  private Changes apply(List<Pending<?>> batch) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    while (true) {
      Changes changes = new Changes(database, hot, now);
      Pending<?> culprit = null;
      for (Pending<?> pending : batch) {
        try {
          pending.apply(changes);
        } catch (RuntimeException e) {
          LOGGER.error("A change could not be made.", e);
          pending.fail(
              e instanceof StoreUnavailableException why
                  ? why
                  : new StoreUnavailableException("The store cannot do this.", e));
          culprit = pending;
          break;
        }
      }
      if (culprit == null) {
        return changes;
      }
      batch.remove(culprit);
    }
  }

  private void write(Changes changes) throws RocksDBException {
    if (changes.isEmpty()) {
      return;
    }
    long start = System.nanoTime();
    try (WriteBatch batch = new WriteBatch()) {
      changes.fill(batch, database);
      database.write(batch);
      counters.committedBytes.add(batch.getDataSize());
    }
    counters.commits.increment();
    counters.commitNanos.add(System.nanoTime() - start);
  }

  private void recover() throws InterruptedException {
    try {
      recovery.attempt();
    } catch (Exception e) {
      if (attempts++ % ATTEMPTS_PER_WARNING == 0) {
        LOGGER.warn("The data directory cannot be written yet: {}", e.getMessage());
      }
      return;
    }
    attempts = 0;
    counters.reopened.increment();
    hot.invalidateAll();
    outage = null;
    LOGGER.info("The data directory can be written again.");
    announcer.announce(() -> bells.ringAll(new Bell.Look()));
  }

  private static void fail(List<Pending<?>> all, String why, @Nullable Throwable cause) {
    all.forEach(pending -> pending.fail(new StoreUnavailableException(why, cause)));
  }
}
