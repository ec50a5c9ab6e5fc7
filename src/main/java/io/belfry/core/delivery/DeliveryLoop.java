package io.belfry.core.delivery;

import io.belfry.core.log.Batch;
import io.belfry.core.log.Entry;
import io.belfry.core.log.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.locks.LockSupport;

/// The delivery loop: what a subscription is once its start is fixed. It asks one question, what is
/// after my position?, again and again, and blocks where it should: for the log, for the socket.
/// Once there is nothing to do before a bell, room in the window or a redelivery that is due, it
/// ends, and is started anew by what wakes it: an idle subscription has no thread.
///
///     idle --wake--> looks --wake--> woken          looks --nothing to do--> idle
///                      ^---looks again---|
///
/// One virtual thread at a time runs it. Who wakes it has changed what it looks at before, and it
/// looks after it has said that it does: so no wake-up is lost.
final class DeliveryLoop implements Runnable {
  /// Of those who run it.
  static final ThreadFactory THREADS =
      Thread.ofVirtual()
          .name("belfry-subscription")
          .inheritInheritableThreadLocals(false)
          .factory();

  static final int MAX_BATCH_ENTRIES = 64;
  private static final long HEAR_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long LONGEST_HEAR_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long NEVER = Long.MAX_VALUE;

  private static final int IDLE = 0;
  private static final int LOOKS = 1;
  private static final int WOKEN = 2;
  private static final AtomicIntegerFieldUpdater<DeliveryLoop> STATE =
      AtomicIntegerFieldUpdater.newUpdater(DeliveryLoop.class, "state");

  private final Deliveries deliveries;
  private final Connection connection;
  private final Subscription subscription;
  private final Start start;
  private final Cursor cursor;
  private final Feed feed;
  private final Acknowledgements acknowledgements;
  private final Redelivery redelivery;

  // Written by the owner, and by who wakes it. Whoever fixed the start runs it first.
  private volatile int state = LOOKS;

  // The owner's alone; each hands it to the next through `state`.
  private long hearPause;

  // Written by the owner, for the threads that acknowledge and tick.
  private volatile long position;
  private volatile boolean wantsRoom;
  private volatile long hearAt = NEVER;

  DeliveryLoop(
      Deliveries deliveries,
      Connection connection,
      Subscription subscription,
      CursorKeeper.Opened opened,
      Feed feed) {
    this.deliveries = deliveries;
    this.connection = connection;
    this.subscription = subscription;
    this.start = new Start(opened.start(), opened.state());
    this.cursor = opened.cursor();
    this.feed = feed;
    this.acknowledgements =
        new Acknowledgements(
            subscription.request(),
            cursor,
            connection,
            deliveries.settings(),
            deliveries.counters());
    this.redelivery = new Redelivery(feed, cursor, acknowledgements, deliveries);
    this.position = opened.start();
  }

  Cursor cursor() {
    return cursor;
  }

  Feed feed() {
    return feed;
  }

  Acknowledgements acknowledgements() {
    return acknowledgements;
  }

  Redelivery redelivery() {
    return redelivery;
  }

  /// Up to where the log was delivered or settled already.
  long position() {
    return position;
  }

  /// Whether it waits for room in the window.
  boolean wantsRoom() {
    return wantsRoom;
  }

  /// Whether it waits for a moment of its own, a redelivery or the next time to hear; it is woken
  /// where that has come.
  boolean tick() {
    long due = acknowledgements.nextDue();
    long hear = hearAt;
    if (connection.takingNanos() >= due || (hear != NEVER && System.nanoTime() - hear >= 0)) {
      subscription.wake();
    }
    return due != NEVER || hear != NEVER;
  }

  /// There may be something to do. Does not block.
  void wake() {
    int known = state;
    while (known != WOKEN && !STATE.compareAndSet(this, known, known + 1)) {
      known = state;
    }
    if (known == IDLE) {
      THREADS.newThread(this).start();
    }
  }

  @Override
  public void run() {
    boolean isOver = true;
    try {
      isOver = !becomesIdle();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error defect) {
      connection.close(CloseReason.DEFECT);
      throw defect;
    } finally {
      if (isOver) {
        subscription.leave();
      }
    }
  }

  // Does what there is to do. Whether it then waits to be woken; where not, the subscription has
  // ended.
  private boolean becomesIdle() throws InterruptedException {
    do {
      state = LOOKS;
      while (!subscription.isClosed() && moves()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
      if (subscription.isClosed()) {
        redelivery.buryRefused();
        return false;
      }
    } while (!STATE.compareAndSet(this, LOOKS, IDLE));
    return true;
  }

  // Whether it did something; where not, there is nothing to do until somebody wakes it.
  private boolean moves() throws InterruptedException {
    try {
      boolean moved = sendPassing() | sendAgain() | sendNext();
      if (!moved) {
        hearWhereFull();
        if (hearAt != NEVER || acknowledgements.nextDue() != NEVER) {
          feed.expect();
        }
      }
      return moved;
    } catch (StoreUnavailableException away) {
      LockSupport.parkNanos(Subscription.STORE_PAUSE_NANOS);
      return true;
    }
  }

  // Where something waits for room: the client may acknowledge at another node, and the store
  // knows.
  private void hearWhereFull() {
    if (!wantsRoom || position >= feed.last()) {
      hearAt = NEVER;
    } else if (hearAt == NEVER) {
      hearPause = HEAR_PAUSE_NANOS;
      hearAt = System.nanoTime() + hearPause;
    } else if (System.nanoTime() - hearAt >= 0) {
      hearPause = Math.min(hearPause * 2, LONGEST_HEAR_PAUSE_NANOS);
      hearAt = System.nanoTime() + hearPause;
      redelivery.hear();
      subscription.wake();
    }
  }

  private boolean sendPassing() throws InterruptedException {
    return subscription.hasPassing() && send(subscription.takePassing());
  }

  private boolean sendAgain() throws InterruptedException {
    List<Delivery> redeemed = redelivery.redeemed();
    boolean moved = send(redeemed);
    if (moved) {
      redeemed.forEach(delivery -> acknowledgements.redeemedWritten(delivery.entry().offset()));
    }
    return moved | send(redelivery.due());
  }

  // The question.
  private boolean sendNext() throws InterruptedException {
    int room = Math.min(acknowledgements.room(), MAX_BATCH_ENTRIES);
    wantsRoom = room <= 0;
    if (wantsRoom) {
      room = Math.min(acknowledgements.room(), MAX_BATCH_ENTRIES);
    }
    if (room <= 0 || position >= feed.last()) {
      return false;
    }
    try {
      int reserved = connection.reserve(subscription, room);
      if (reserved == 0) {
        subscription.close();
        return false;
      }
      sendNext(reserved);
      return true;
    } finally {
      connection.release(subscription);
    }
  }

  private void sendNext(int most) throws InterruptedException {
    Batch batch = feed.after(position, most, Subscription.MAX_BATCH_BYTES, deliveries.counters());
    if (batch.readUpTo() <= position) {
      throw new StoreUnavailableException("The log is behind its own bell.", null);
    }
    if (batch.trimmed() > position) {
      acknowledgements.missed(position, batch.trimmed());
    }
    List<Entry> entries = fresh(batch.entries());
    acknowledgements.register(entries, batch.readUpTo(), start);
    if (!entries.isEmpty()) {
      long gap = acknowledgements.tellLost(entries.getFirst().offset());
      if (send(firstDeliveries(entries, gap))) {
        acknowledgements.written(entries.size(), batch.readUpTo());
        deliveries.latency().written(entries.getFirst(), connection.session().since());
      }
    }
    position = batch.readUpTo();
    // Whoever makes room is there: a window that is full anew has not stood so for long.
    hearAt = NEVER;
  }

  private List<Entry> fresh(List<Entry> entries) {
    for (Entry entry : entries) {
      if (start.isSkipped(entry.offset())) {
        return entries.stream().filter(e -> !start.isSkipped(e.offset())).toList();
      }
    }
    return entries;
  }

  private List<Delivery> firstDeliveries(List<Entry> entries, long gap) {
    List<Delivery> deliveriesOfThem = new ArrayList<>(entries.size());
    long before = gap;
    for (Entry entry : entries) {
      deliveriesOfThem.add(new Delivery(entry, start.isRedelivery(entry.offset()), before));
      before = Delivery.NO_GAP;
    }
    return deliveriesOfThem;
  }

  // Whether it was written; where it was not, the connection is closed and so is this.
  private boolean send(List<Delivery> batch) throws InterruptedException {
    if (batch.isEmpty() || subscription.isClosed()) {
      return false;
    }
    if (!connection.send(subscription, batch)) {
      subscription.close();
      return false;
    }
    for (Delivery delivery : batch) {
      Counters counters = deliveries.counters();
      (delivery.redelivered() ? counters.redelivered : counters.delivered).increment();
      if (delivery.hasGap()) {
        counters.gaps.increment();
      }
    }
    return true;
  }
}
