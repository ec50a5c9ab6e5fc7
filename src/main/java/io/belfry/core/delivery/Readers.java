package io.belfry.core.delivery;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The subscriptions of one connection that wait until nothing is being written before they read
/// on, since what is read for a client that takes nothing could be retracted before it does. They
/// go one after the other: what one of them writes may stand for as long again.
///
/// Who has had its turn, and whoever ends a write, wakes the first one. Safe for threads.
final class Readers {
  // Guarded by this monitor, and there only while somebody waits.
  private @Nullable ArrayDeque<Thread> waiting;

  /// Waits for a turn. Blocks.
  ///
  /// @return false where the outbox is finishing
  boolean await(Outbox<?> outbox) throws InterruptedException {
    if (first() == null && !outbox.isWriting()) {
      return !outbox.isFinishing();
    }
    Thread reader = Thread.currentThread();
    join(reader);
    try {
      while (!outbox.isFinishing()) {
        if (first() == reader && !outbox.isWriting()) {
          return true;
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        LockSupport.park(this);
      }
      return false;
    } finally {
      leave(reader);
    }
  }

  /// Has the first one look again. Does not block.
  void wakeFirst() {
    LockSupport.unpark(first());
  }

  /// Has all of them look again. Does not block.
  synchronized void wakeAll() {
    if (waiting != null) {
      waiting.forEach(LockSupport::unpark);
    }
  }

  private synchronized @Nullable Thread first() {
    return waiting == null ? null : waiting.getFirst();
  }

  private synchronized void join(Thread reader) {
    if (waiting == null) {
      waiting = new ArrayDeque<>(2);
    }
    waiting.addLast(reader);
  }

  private synchronized void leave(Thread reader) {
    if (waiting != null) {
      waiting.remove(reader);
      if (waiting.isEmpty()) {
        waiting = null;
      }
    }
  }
}
