package io.belfry.core.delivery;

import io.belfry.core.log.Batch;
import io.belfry.core.log.Entry;
import io.belfry.core.log.StoreUnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One connection's interest in one log: a position, a window, acknowledgements.
///
/// One virtual thread owns it and runs the delivery loop: what is after my position? It waits where
/// it should: for a bell, for room in the window, for a redelivery that is due, for the socket. All
/// others (bells, acknowledgements, the timer) change what the loop looks at and wake it; a wake-up
/// without a reason costs one look.
public final class Subscription {
  private static final int MAX_BATCH_BYTES = 64 * 1024;
  private static final int MAX_BATCH_ENTRIES = 64;
  private static final int MAX_PASSING = 16;
  private static final long STORE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long HEAR_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long LONGEST_HEAR_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long NEVER = Long.MAX_VALUE;

  private final Deliveries deliveries;
  private final Connection connection;
  private final SubscriptionRequest request;

  /// What a subscription has once its start is fixed.
  private record Joined(
      Start start,
      Cursor cursor,
      Feed feed,
      Acknowledgements acknowledgements,
      Redelivery redelivery) {}

  // The owner's alone.
  private long gap = Delivery.NO_GAP;
  private long hearPause;

  // The feed's, under its monitor: where in its array this subscription is; -1 where it is not.
  int place = -1;

  // Written by the owner, for the threads that ring, acknowledge and tick.
  private volatile @Nullable Joined joined;
  private volatile long position;
  private volatile boolean wantsRoom;
  private volatile long hearAt = NEVER;

  // Written by others, for the owner.
  private volatile @Nullable Thread owner;
  private volatile boolean closed;
  private volatile @Nullable ArrayDeque<Entry> passing;

  // Written last by the owner.
  private volatile boolean over;

  Subscription(Deliveries deliveries, Connection connection, SubscriptionRequest request) {
    this.deliveries = deliveries;
    this.connection = connection;
    this.request = request;
  }

  /// Up to where its log was delivered or settled already; null until its start is fixed.
  public @Nullable Long reached() {
    return joined == null ? null : position;
  }

  /// What was asked for.
  public SubscriptionRequest request() {
    return request;
  }

  // A parked thread keeps as much stack as it once needed, and thread locals besides. The start may
  // wait deep in the store; so the loop gets its own thread, which idles on few frames.
  void start() {
    own("belfry-start", this::open);
  }

  private void own(String name, Runnable part) {
    Thread thread =
        Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).unstarted(part);
    owner = thread;
    thread.start();
  }

  /// Ends it: no delivery of it begins from now on. Does not block. Idempotent.
  public void close() {
    closed = true;
    wake();
  }

  /// Whether it has ended: no delivery of it is under way any more, and what was settled by then is
  /// on its way to the store.
  public boolean isOver() {
    return over;
  }

  /// The client has this entry; in mode `client`, with all that was delivered up to it. What is not
  /// in flight is passed over.
  public void acknowledge(long offset) {
    Joined now = joined;
    if (now != null) {
      now.acknowledgements.acknowledge(offset);
      if (wantsRoom) {
        wake();
      }
      writeWhereOver();
    }
  }

  /// The client refuses this entry; in mode `client`, with all that was delivered up to it. It
  /// comes again after a backoff, or becomes a dead letter. What is not in flight is passed over.
  public void refuse(long offset) {
    Joined now = joined;
    if (now != null) {
      now.acknowledgements.refuse(offset);
      wake();
      writeWhereOver();
    }
  }

  /// The client will never take this entry: it becomes a dead letter. What is not in flight is
  /// passed over.
  public void reject(long offset, String reason) {
    Joined now = joined;
    if (now != null) {
      now.acknowledgements.reject(offset, reason);
      wake();
    }
  }

  /// A passing message: for who is connected now and has room.
  void offer(Entry message) {
    Joined now = joined;
    if (now == null || now.acknowledgements.room() <= 0) {
      return;
    }
    synchronized (this) {
      ArrayDeque<Entry> queue = passing;
      if (queue == null) {
        queue = new ArrayDeque<>(2);
        passing = queue;
      }
      int waiting = queue.stream().mapToInt(entry -> entry.body().length).sum();
      if (queue.size() == MAX_PASSING
          || (waiting > 0 && waiting + message.body().length > MAX_BATCH_BYTES)) {
        return;
      }
      queue.addLast(message);
    }
    wake();
  }

  /// A dead letter is to be delivered once more to this device.
  void redeem(String user, String device) {
    Joined now = joined;
    if (now != null && user.equals(request.user()) && device.equals(request.device())) {
      now.redelivery.redeem();
      wake();
    }
  }

  /// Another connection of the device has settled something.
  void settledElsewhere() {
    Joined now = joined;
    if (now != null) {
      now.acknowledgements.settledElsewhere();
      if (wantsRoom) {
        wake();
      }
    }
  }

  // Nobody releases the cursor for this any more.
  private void writeWhereOver() {
    if (closed) {
      var ignored = deliveries.cursors().flush();
    }
  }

  boolean has(Acknowledgements acknowledgements) {
    Joined now = joined;
    return now != null && now.acknowledgements == acknowledgements;
  }

  /// There may be something to do.
  void wake() {
    LockSupport.unpark(owner);
  }

  /// Called some ten times a second while it waits for a redelivery, or for room.
  ///
  /// @return whether it does
  boolean tick() {
    Joined now = joined;
    long due = now == null ? NEVER : now.acknowledgements.nextDue();
    long hear = hearAt;
    if (connection.takingNanos() >= due || (hear != NEVER && System.nanoTime() - hear >= 0)) {
      wake();
    }
    return due != NEVER || hear != NEVER;
  }

  // Where a defect ends this or the loop, the connection goes too: it would look alive and be deaf.
  private void open() {
    boolean opened = false;
    try {
      Joined now = join();
      if (now != null) {
        request.started().run();
        own("belfry-subscription", new Loop(now));
        opened = true;
      }
    } catch (RuntimeException | Error defect) {
      connection.close(CloseReason.DEFECT);
      throw defect;
    } finally {
      if (!opened) {
        leave();
      }
    }
  }

  /// The delivery loop. It parks in its own frame: every frame below a parked one is memory of an
  /// idle subscriber.
  private final class Loop implements Runnable {
    private final Joined now;

    Loop(Joined now) {
      this.now = now;
    }

    @Override
    public void run() {
      try {
        while (!closed) {
          if (!moves(now)) {
            LockSupport.park();
          }
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException | Error defect) {
        connection.close(CloseReason.DEFECT);
        throw defect;
      } finally {
        leave();
      }
    }
  }

  // Fixes the start and listens; while the store is away, goes on trying.
  private @Nullable Joined join() {
    CursorKeeper.Opened opened = null;
    while (!closed) {
      try {
        if (opened == null) {
          opened = deliveries.openCursor(request);
          position = opened.start();
        }
        Cursor cursor = opened.cursor();
        Feed feed = deliveries.feeds().join(request.destination(), this);
        Acknowledgements acknowledgements =
            new Acknowledgements(
                request, cursor, connection, deliveries.settings(), deliveries.counters());
        Redelivery redelivery = new Redelivery(feed, cursor, acknowledgements, deliveries);
        Start start = new Start(opened.start(), opened.state());
        Joined now = new Joined(start, cursor, feed, acknowledgements, redelivery);
        joined = now;
        cursor.join(this);
        return now;
      } catch (StoreUnavailableException away) {
        LockSupport.parkNanos(STORE_PAUSE_NANOS);
      }
    }
    if (opened != null) {
      deliveries.closeCursor(opened.cursor());
    }
    return null;
  }

  private void leave() {
    Joined now = joined;
    if (now != null) {
      now.feed.leave(this);
      now.cursor.leave(this);
      deliveries.closeCursor(now.cursor);
    }
    over = true;
  }

  // Whether it did something; where not, there is nothing to do until somebody wakes it.
  private boolean moves(Joined now) throws InterruptedException {
    try {
      boolean moved = sendPassing() | sendAgain(now) | sendNext(now);
      if (!moved) {
        hearWhereFull(now);
        if (hearAt != NEVER || now.acknowledgements.nextDue() != NEVER) {
          now.feed.expect();
        }
      }
      return moved;
    } catch (StoreUnavailableException away) {
      LockSupport.parkNanos(STORE_PAUSE_NANOS);
      return true;
    }
  }

  // Where something waits for room: the client may acknowledge at another node, and the store
  // knows.
  private void hearWhereFull(Joined now) {
    if (!wantsRoom || position >= now.feed.last()) {
      hearAt = NEVER;
    } else if (hearAt == NEVER) {
      hearPause = HEAR_PAUSE_NANOS;
      hearAt = System.nanoTime() + hearPause;
    } else if (System.nanoTime() - hearAt >= 0) {
      hearPause = Math.min(hearPause * 2, LONGEST_HEAR_PAUSE_NANOS);
      hearAt = System.nanoTime() + hearPause;
      now.redelivery.hear();
      wake();
    }
  }

  private boolean sendPassing() throws InterruptedException {
    if (passing == null) {
      return false;
    }
    List<Delivery> batch = new ArrayList<>();
    synchronized (this) {
      ArrayDeque<Entry> queue = passing;
      passing = null;
      if (queue != null) {
        queue.forEach(message -> batch.add(new Delivery(message, false, Delivery.NO_GAP)));
      }
    }
    return send(batch);
  }

  private boolean sendAgain(Joined now) throws InterruptedException {
    List<Delivery> redeemed = now.redelivery.redeemed();
    boolean moved = send(redeemed);
    for (Delivery delivery : redeemed) {
      now.acknowledgements.redeemedWritten(delivery.entry().offset());
    }
    return moved | send(now.redelivery.due());
  }

  // The delivery loop's own question: what is after my position?
  private boolean sendNext(Joined now) throws InterruptedException {
    int room = Math.min(now.acknowledgements.room(), MAX_BATCH_ENTRIES);
    wantsRoom = room <= 0;
    if (wantsRoom) {
      room = Math.min(now.acknowledgements.room(), MAX_BATCH_ENTRIES);
    }
    if (room <= 0 || position >= now.feed.last()) {
      return false;
    }
    Batch batch = now.feed.after(position, room, MAX_BATCH_BYTES, deliveries.counters());
    if (batch.readUpTo() <= position) {
      throw new StoreUnavailableException("The log is behind its own bell.", null);
    }
    if (batch.trimmed() > position && gap == Delivery.NO_GAP) {
      gap = position;
    }
    List<Entry> entries = fresh(batch.entries(), now.start);
    if (!entries.isEmpty()) {
      now.acknowledgements.register(entries, now.start);
      if (send(firstDeliveries(entries, now.start))) {
        now.acknowledgements.written(entries.size(), batch.readUpTo());
        deliveries.latency().written(entries.getFirst(), connection.session().since());
      }
    }
    position = batch.readUpTo();
    return true;
  }

  private static List<Entry> fresh(List<Entry> entries, Start start) {
    for (Entry entry : entries) {
      if (start.isSkipped(entry.offset())) {
        return entries.stream().filter(e -> !start.isSkipped(e.offset())).toList();
      }
    }
    return entries;
  }

  private List<Delivery> firstDeliveries(List<Entry> entries, Start start) {
    List<Delivery> deliveriesOfThem = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      deliveriesOfThem.add(new Delivery(entry, start.isRedelivery(entry.offset()), gap));
      gap = Delivery.NO_GAP;
    }
    return deliveriesOfThem;
  }

  // Whether it was written; where it was not, the connection is closed and so is this.
  private boolean send(List<Delivery> batch) throws InterruptedException {
    if (batch.isEmpty() || closed) {
      return false;
    }
    if (!connection.send(this, batch)) {
      closed = true;
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
