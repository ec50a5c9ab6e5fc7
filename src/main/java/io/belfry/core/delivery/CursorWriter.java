package io.belfry.core.delivery;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.Cursors;
import io.belfry.core.log.DeadLetters;
import io.belfry.core.log.Store;
import io.belfry.core.log.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// Writes cursors to the store behind, on a thread of its own: what changed, at most a second late,
/// coalesced into one write. Where the store is away it goes on trying, and nothing is forgotten
/// meanwhile.
final class CursorWriter implements AutoCloseable {
  private static final long BEHIND_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

  private final Cursors cursors;
  private final DeadLetters deadLetters;
  private final long useEvery;
  private final Runnable use;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wanted = lock.newCondition();
  private final UnwrittenCursors unwritten = new UnwrittenCursors();
  private List<CompletableFuture<Void>> waiting = new ArrayList<>();
  private boolean closed;
  private final Thread thread;

  // The writing thread's alone.
  private long usedAt = System.nanoTime();

  /// @param use adds the cursors that are in use, whether they changed or not; called so often
  CursorWriter(Store store, Duration useEvery, Runnable use) {
    this.cursors = store.cursors();
    this.deadLetters = store.deadLetters();
    this.useEvery = useEvery.toNanos();
    this.use = use;
    this.thread = Thread.ofVirtual().name("belfry-cursors").start(this::write);
  }

  /// It has changed since it was last written.
  void add(Cursor cursor) {
    lock.lock();
    try {
      unwritten.add(cursor);
    } finally {
      lock.unlock();
    }
  }

  /// Ends once everything that was settled before this call is durable.
  CompletableFuture<Void> flush() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    lock.lock();
    try {
      if (unwritten.isEmpty() && waiting.isEmpty()) {
        return CompletableFuture.completedFuture(null);
      }
      waiting.add(done);
      wanted.signal();
    } finally {
      lock.unlock();
    }
    return done;
  }

  /// What is not yet written of this user's cursors in this log.
  Map<CursorKey, CursorState> unwritten(CursorKey anyDevice) {
    return states(unwrittenOf(anyDevice));
  }

  /// Writes these at once. Blocks.
  void writeAll(CursorKey anyDevice) {
    List<Cursor> found = unwrittenOf(anyDevice);
    merge(states(found));
    found.forEach(this::tellRedeemed);
  }

  private List<Cursor> unwrittenOf(CursorKey anyDevice) {
    lock.lock();
    try {
      return unwritten.of(anyDevice);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      wanted.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    boolean last = false;
    while (!last) {
      useWhereDue();
      List<Cursor> batch;
      List<CompletableFuture<Void>> waiters;
      lock.lock();
      try {
        if (waiting.isEmpty() && !closed) {
          long wait = Math.min(BEHIND_NANOS, useEvery);
          var ignored = wanted.awaitNanos(wait);
        }
        batch = unwritten.take();
        waiters = waiting;
        waiting = new ArrayList<>();
        last = closed;
      } catch (InterruptedException interrupted) {
        return;
      } finally {
        lock.unlock();
      }
      write(batch, waiters, last);
    }
  }

  private void useWhereDue() {
    long now = System.nanoTime();
    if (now - usedAt >= useEvery) {
      usedAt = now;
      use.run();
    }
  }

  private void write(List<Cursor> batch, List<CompletableFuture<Void>> waiters, boolean last) {
    List<Cursor> left = List.of();
    RuntimeException failure = null;
    try {
      store(batch);
    } catch (StoreUnavailableException | CompletionException away) {
      left = batch;
      failure = away;
    } catch (RuntimeException defect) {
      // Of one of them, maybe: it must not keep the others from being written.
      left = storeEach(batch);
      failure = defect;
    }
    done(left);
    if (failure == null) {
      waiters.forEach(waiter -> waiter.complete(null));
      return;
    }
    StoreUnavailableException why =
        new StoreUnavailableException("The store cannot take acknowledgements now.", failure);
    waiters.forEach(waiter -> waiter.completeExceptionally(why));
    if (!last) {
      LockSupport.parkNanos(BEHIND_NANOS);
    }
  }

  private void store(Collection<Cursor> batch) {
    // Before they are read: what changes from here on is to be written again.
    batch.forEach(Cursor::clean);
    merge(states(batch));
    batch.forEach(this::tellRedeemed);
  }

  private void merge(Map<CursorKey, CursorState> states) {
    if (!states.isEmpty()) {
      cursors.merge(states);
    }
  }

  private void tellRedeemed(Cursor cursor) {
    List<Long> redeemed = cursor.redeemed();
    redeemed.forEach(offset -> deadLetters.settled(cursor.key(), offset));
    cursor.forgetRedeemed(redeemed);
  }

  private static Map<CursorKey, CursorState> states(Collection<Cursor> batch) {
    Map<CursorKey, CursorState> states = new HashMap<>();
    for (Cursor cursor : batch) {
      if (cursor.isKept()) {
        // Twice in it is a device that came back while its old connection still acknowledged.
        states.merge(cursor.key(), cursor.state(), CursorState::merge);
      }
    }
    return states;
  }

  // Which of them are left for later; one that cannot be written waits until it changes again.
  private List<Cursor> storeEach(List<Cursor> batch) {
    List<Cursor> left = new ArrayList<>();
    for (Cursor cursor : batch) {
      try {
        store(List.of(cursor));
      } catch (StoreUnavailableException | CompletionException away) {
        left.add(cursor);
      } catch (RuntimeException defect) {
        Defects.report(
            new IllegalStateException("The cursor " + cursor.key() + " was not written", defect));
      }
    }
    return left;
  }

  private void done(List<Cursor> left) {
    lock.lock();
    try {
      unwritten.done(left);
    } finally {
      lock.unlock();
    }
  }
}
