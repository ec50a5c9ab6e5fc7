package io.belfry.core.delivery;

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
/// One virtual thread at a time owns it: it fixes the start and then runs the [DeliveryLoop] as
/// long as there is something to do. All others (bells, acknowledgements, the timer) change what
/// the loop looks at and wake it; a wake-up without a reason costs one look.
public final class Subscription {
  static final int MAX_BATCH_BYTES = 64 * 1024;
  static final long STORE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int MAX_PASSING = 16;

  private final Deliveries deliveries;
  private final Connection connection;
  private final SubscriptionRequest request;

  // Of [Subscribers], under the feed's monitor: where this one is among them; -1 where it is not.
  int place = -1;

  // Written by the owner once the start is fixed, for the threads that ring, acknowledge and tick.
  private volatile @Nullable DeliveryLoop loop;

  // Written by others, for the owner.
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
    DeliveryLoop now = loop;
    return now == null ? null : now.position();
  }

  /// Whether all up to this offset was delivered or settled already.
  boolean hasReached(long offset) {
    DeliveryLoop now = loop;
    return now != null && now.position() >= offset;
  }

  /// What was asked for.
  public SubscriptionRequest request() {
    return request;
  }

  void start() {
    DeliveryLoop.THREADS.newThread(this::open).start();
  }

  /// Ends it: no delivery of it begins from now on. Does not block. Idempotent.
  public void close() {
    closed = true;
    wake();
  }

  boolean isClosed() {
    return closed;
  }

  /// Whether it has ended: no delivery of it is under way any more, and what was settled by then is
  /// on its way to the store.
  public boolean isOver() {
    return over;
  }

  /// The client has this entry; where that is cumulative, with all that was delivered up to it.
  /// What is not in flight is passed over.
  public void acknowledge(long offset) {
    DeliveryLoop now = loop;
    if (now != null) {
      now.acknowledgements().acknowledge(offset);
      if (now.wantsRoom()) {
        wake();
      }
      writeWhereOver();
    }
  }

  /// The client refuses this entry; where that is cumulative, with all that was delivered up to it.
  /// It comes again after a backoff, or becomes a dead letter. What is not in flight is passed
  /// over.
  public void refuse(long offset) {
    DeliveryLoop now = loop;
    if (now != null) {
      now.acknowledgements().refuse(offset);
      wake();
      writeWhereOver();
    }
  }

  /// The client will never take this entry: it becomes a dead letter. What is not in flight is
  /// passed over.
  public void reject(long offset, String reason) {
    DeliveryLoop now = loop;
    if (now != null) {
      now.acknowledgements().reject(offset, reason);
      wake();
      if (over) {
        DeliveryLoop.THREADS.newThread(now.redelivery()::buryRefused).start();
      }
    }
  }

  /// A passing message: for who is connected now and has room.
  void offer(Entry message) {
    DeliveryLoop now = loop;
    if (now == null || now.acknowledgements().room() <= 0) {
      return;
    }
    synchronized (this) {
      ArrayDeque<Entry> queue = passing;
      if (queue == null) {
        queue = new ArrayDeque<>(2);
        passing = queue;
      }
      int waiting = queue.stream().mapToInt(Entry::size).sum();
      if (queue.size() == MAX_PASSING
          || (waiting > 0 && waiting + message.size() > MAX_BATCH_BYTES)) {
        return;
      }
      queue.addLast(message);
    }
    wake();
  }

  boolean hasPassing() {
    return passing != null;
  }

  /// The passing messages that wait; they wait no longer.
  List<Delivery> takePassing() {
    List<Delivery> batch = new ArrayList<>();
    synchronized (this) {
      ArrayDeque<Entry> queue = passing;
      passing = null;
      if (queue != null) {
        queue.forEach(message -> batch.add(new Delivery(message, false, Delivery.NO_GAP)));
      }
    }
    return batch;
  }

  /// A dead letter is to be delivered once more to this device.
  void redeem(String user, String device) {
    DeliveryLoop now = loop;
    if (now != null
        && request.ackMode() != AckMode.NONE
        && user.equals(request.user())
        && device.equals(request.device())) {
      now.redelivery().redeem();
      wake();
    }
  }

  /// A request says that its device has everything up to `offset`.
  void acknowledgedByRequest(long offset) {
    if (request.ackMode() == AckMode.REQUEST) {
      acknowledge(offset);
    }
  }

  /// Bells may have been lost, and one of them may have told of a dead letter or of a request that
  /// acknowledges.
  void doubt() {
    DeliveryLoop now = loop;
    if (now != null && now.cursor().isKept()) {
      now.acknowledgements().doubt();
      now.redelivery().redeem();
      wake();
    }
  }

  /// Another connection of the device has settled something.
  void settledElsewhere() {
    DeliveryLoop now = loop;
    if (now != null) {
      now.acknowledgements().settledElsewhere();
      if (now.wantsRoom()) {
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
    DeliveryLoop now = loop;
    return now != null && now.acknowledgements() == acknowledgements;
  }

  /// There may be something to do. Before the start is fixed that is looked for without it.
  void wake() {
    DeliveryLoop now = loop;
    if (now != null) {
      now.wake();
    }
  }

  /// Called some ten times a second while it waits for a redelivery, or for room.
  ///
  /// @return whether it does
  boolean tick() {
    DeliveryLoop now = loop;
    return now != null && now.tick();
  }

  private void open() {
    DeliveryLoop begun = begin();
    if (begun != null) {
      begun.run();
    }
  }

  // Where a defect ends this or the loop, the connection goes too: it would look alive and be deaf.
  private @Nullable DeliveryLoop begin() {
    boolean hasBegun = false;
    try {
      DeliveryLoop now = join();
      if (now != null) {
        request.started().run();
        hasBegun = true;
      }
      return now;
    } catch (RuntimeException | Error defect) {
      connection.close(CloseReason.DEFECT);
      throw defect;
    } finally {
      if (!hasBegun) {
        leave();
      }
    }
  }

  // Fixes the start and listens; while the store is away, goes on trying.
  private @Nullable DeliveryLoop join() {
    CursorKeeper.Opened opened = null;
    while (!closed) {
      try {
        if (opened == null) {
          opened = deliveries.openCursor(request);
        }
        Feed feed = deliveries.feeds().join(request.destination(), this);
        DeliveryLoop now = new DeliveryLoop(deliveries, connection, this, opened, feed);
        loop = now;
        opened.cursor().join(this);
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

  /// Its thread has nothing more to do.
  void leave() {
    DeliveryLoop now = loop;
    if (now != null) {
      now.feed().leave(this);
      now.cursor().leave(this);
      deliveries.closeCursor(now.cursor());
    }
    over = true;
    if (now != null) {
      // Who refused something for good before this did not know that nobody looks any more.
      now.redelivery().buryRefused();
    }
  }
}
