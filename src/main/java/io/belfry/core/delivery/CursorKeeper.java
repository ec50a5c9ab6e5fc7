package io.belfry.core.delivery;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.Cursors;
import io.belfry.core.log.DeadLetters;
import io.belfry.core.log.From;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Store;
import io.belfry.core.log.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// Keeps the cursors that are open on this node and writes them to the store behind: what changed,
/// at most a second late, coalesced into one write; at once where somebody waits for it or a device
/// leaves. Where the store is away it goes on trying, and nothing is forgotten meanwhile.
///
/// The store forgets what nobody uses, and sees use only as writes: so a cursor that is open is
/// written some times within that span, whether it changed or not.
public final class CursorKeeper implements AutoCloseable {
  private static final long BEHIND_MILLIS = 800;
  private static final int USES_A_TTL = 8;

  private final Cursors cursors;
  private final Logs logs;
  private final DeadLetters deadLetters;
  private final long useEvery;
  private final ConcurrentHashMap<CursorKey, Cursor> open = new ConcurrentHashMap<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wanted = lock.newCondition();
  private final UnwrittenCursors unwritten = new UnwrittenCursors();
  private List<CompletableFuture<Void>> waiting = new ArrayList<>();
  private boolean closed;
  private final Thread writer;

  // The writer's alone.
  private long usedAt = System.nanoTime();

  /// A cursor and where a subscription to its log starts.
  record Opened(Cursor cursor, CursorState state, long start) {}

  /// @param deviceTtl after which the store forgets a cursor that nobody uses
  CursorKeeper(Store store, Duration deviceTtl) {
    this.cursors = store.cursors();
    this.logs = store.logs();
    this.deadLetters = store.deadLetters();
    this.useEvery = deviceTtl.toNanos() / USES_A_TTL;
    this.writer = Thread.ofVirtual().name("belfry-cursors").start(this::write);
  }

  /// Where a read of this log by this device starts; kept as its cursor from now on. Blocks.
  public long start(CursorKey key) {
    Opened opened = open(key, new From.Cursor());
    release(opened.cursor());
    return opened.start();
  }

  /// Settles everything up to `offset` for this device, at most up to the last entry. Durable once
  /// it returns. Blocks.
  ///
  /// @throws StoreUnavailableException where the store cannot take it now
  public void settle(CursorKey key, long offset) {
    long last = logs.last(key.destination());
    Cursor cursor = open(key, new From.Cursor()).cursor();
    try {
      cursor.settleThrough(Math.min(offset, last));
      cursor.tellOthers(null);
      cursors.merge(Map.of(key, cursor.state()));
    } finally {
      release(cursor);
    }
  }

  /// The cursors of a user in a log by device, with what this node has not yet written. Blocks.
  public Map<String, CursorState> of(CursorKey anyDevice) {
    // Before the store is read: what is written in between is there.
    Map<CursorKey, CursorState> ours = unwrittenOf(anyDevice);
    Map<String, CursorState> all =
        new HashMap<>(cursors.of(anyDevice.destination(), anyDevice.user()));
    ours.forEach((key, state) -> all.merge(key.device(), state, CursorState::merge));
    return all;
  }

  /// Ends once everything that was settled before this call is durable.
  public CompletableFuture<Void> flush() {
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

  /// A cursor that the store does not keep.
  Cursor unkept(CursorKey key) {
    return new Cursor(key, this::soiled, false);
  }

  /// Opens a device's cursor and fixes where a subscription starts. Blocks.
  Opened open(CursorKey key, From from) {
    writeSiblings(key);
    Cursors.Opened opened = cursors.open(key, from);
    Cursor cursor =
        Objects.requireNonNull(
            open.compute(
                key,
                (k, known) -> {
                  Cursor c = known == null ? new Cursor(key, this::soiled, true) : known;
                  c.users++;
                  return c;
                }));
    cursor.merge(opened.state());
    CursorState state = cursor.state();
    boolean rereads = opened.start() < opened.state().settled();
    long start = rereads ? opened.start() : Math.max(opened.start(), state.settled());
    return new Opened(cursor, state, start);
  }

  /// Takes over what other nodes have settled for this device. Blocks.
  void refresh(Cursor cursor) {
    if (!cursor.isKept()) {
      return;
    }
    CursorKey key = cursor.key();
    CursorState known = cursors.of(key.destination(), key.user()).get(key.device());
    if (known != null) {
      cursor.merge(known);
    }
  }

  /// A subscription or request is done with it. What it settled is written at once.
  void release(Cursor cursor) {
    if (cursor.isDirty()) {
      var ignored = flush();
    }
    forgetUnused(cursor);
  }

  private void forgetUnused(Cursor cursor) {
    var ignored =
        open.computeIfPresent(
            cursor.key(), (key, known) -> known == cursor && --known.users == 0 ? null : known);
  }

  /// It has changed since it was last written.
  private void soiled(Cursor cursor) {
    lock.lock();
    try {
      unwritten.add(cursor);
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
      writer.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // A device that was never seen starts at the highest cursor of the user's devices: the store has
  // to know them all.
  private void writeSiblings(CursorKey key) {
    Map<CursorKey, CursorState> siblings = unwrittenOf(key);
    if (!siblings.isEmpty()) {
      cursors.merge(siblings);
    }
  }

  private Map<CursorKey, CursorState> unwrittenOf(CursorKey anyDevice) {
    List<Cursor> found;
    lock.lock();
    try {
      found = unwritten.of(anyDevice);
    } finally {
      lock.unlock();
    }
    Map<CursorKey, CursorState> states = new HashMap<>();
    for (Cursor cursor : found) {
      if (cursor.isKept()) {
        states.merge(cursor.key(), cursor.state(), CursorState::merge);
      }
    }
    return states;
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
          long wait = Math.min(TimeUnit.MILLISECONDS.toNanos(BEHIND_MILLIS), useEvery);
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
      open.values().forEach(Cursor::use);
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
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(BEHIND_MILLIS));
    }
  }

  private void store(Collection<Cursor> batch) {
    Map<CursorKey, CursorState> states = new HashMap<>();
    for (Cursor cursor : batch) {
      CursorState state = cursor.takeDirty();
      if (cursor.isKept()) {
        // Twice in it is a device that came back while its old connection still acknowledged.
        states.merge(cursor.key(), state, CursorState::merge);
      }
    }
    if (!states.isEmpty()) {
      cursors.merge(states);
    }
    for (Cursor cursor : batch) {
      List<Long> redeemed = cursor.redeemed();
      redeemed.forEach(offset -> deadLetters.settled(cursor.key(), offset));
      cursor.forgetRedeemed(redeemed);
    }
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
