package io.belfry.store.embedded;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What waits for the committer, in the order in which it came: at most [#MAX_COUNT] operations and
/// [#MAX_BYTES] of them. Where it is full nothing more is taken.
final class Intake {
  static final int MAX_COUNT = 65_536;
  static final long MAX_BYTES = 32 * 1024 * 1024;

  // A batch that is written at once; the rest goes into the next one.
  private static final int BATCH_COUNT = 4096;
  private static final long BATCH_BYTES = 4 * 1024 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Queue<Pending<?>> waiting = new ArrayDeque<>();
  private long bytes;
  private boolean closed;

  /// Adds it at the end. Does not block.
  ///
  /// @return false where there is no room, or this is closed
  boolean offer(Pending<?> pending) {
    lock.lock();
    try {
      if (closed || isFull()) {
        return false;
      }
      waiting.add(pending);
      bytes += pending.size();
      if (waiting.size() == 1) {
        arrived.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Takes the next batch, waiting for it at most that long. Nothing is left once this is closed
  /// and nothing comes back.
  List<Pending<?>> take(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (waiting.isEmpty() && !closed && left > 0) {
        left = arrived.awaitNanos(left);
      }
      List<Pending<?>> batch = new ArrayList<>(Math.min(waiting.size(), BATCH_COUNT));
      long taken = 0;
      while (!waiting.isEmpty() && batch.size() < BATCH_COUNT && taken < BATCH_BYTES) {
        Pending<?> next = waiting.remove();
        taken += next.size();
        batch.add(next);
      }
      bytes -= taken;
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /// Takes what came before this `System.nanoTime()`.
  List<Pending<?>> takeUntil(long nanoTime) {
    lock.lock();
    try {
      List<Pending<?>> old = new ArrayList<>();
      while (!waiting.isEmpty() && waiting.element().since() - nanoTime < 0) {
        Pending<?> next = waiting.remove();
        bytes -= next.size();
        old.add(next);
      }
      return old;
    } finally {
      lock.unlock();
    }
  }

  /// Takes everything that waits.
  List<Pending<?>> takeAll() {
    lock.lock();
    try {
      List<Pending<?>> all = new ArrayList<>(waiting);
      waiting.clear();
      bytes = 0;
      return all;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /// Takes nothing more; what waits can still be taken.
  void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean isFull() {
    return waiting.size() >= MAX_COUNT || bytes >= MAX_BYTES;
  }
}
