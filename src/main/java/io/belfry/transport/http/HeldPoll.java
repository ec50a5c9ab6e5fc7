package io.belfry.transport.http;

import io.belfry.core.delivery.AckMode;
import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.Connection;
import io.belfry.core.delivery.Deliveries;
import io.belfry.core.delivery.Delivery;
import io.belfry.core.delivery.Subscription;
import io.belfry.core.delivery.SubscriptionRequest;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Digits;
import io.belfry.core.log.Entry;
import io.belfry.core.log.From;
import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.LimitExceededException;
import io.belfry.core.log.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A read that is held until there is something: a connection for as long as it waits, with a
/// subscription that only says that the log was added to. What is there is read by the request
/// itself; nothing of it counts as sent, and nothing is settled.
final class HeldPoll implements Connection, AutoCloseable {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final long REST_NANOS = TimeUnit.DAYS.toNanos(1);
  private static final int MAX_PASSING = 16;

  private final Deliveries deliveries;
  private final Session session;
  private final Semaphore bell = new Semaphore(0);
  private @Nullable Subscription subscription;

  // Guarded by this monitor.
  private final List<Entry> passing = new ArrayList<>(0);
  private boolean over;

  private HeldPoll(Deliveries deliveries, Session session) {
    this.deliveries = deliveries;
    this.session = session;
  }

  /// What the parameter `wait` says: for how long a request may be held, zero where it says
  /// nothing; who asks for more than 60 s gets that.
  ///
  /// @throws InvalidInputException where it is no number
  static Duration patience(@Nullable String wait) {
    if (wait == null || wait.isEmpty()) {
      return Duration.ZERO;
    }
    long seconds = Digits.parse(wait);
    if (seconds < 0) {
      throw new InvalidInputException("wait", "wait is a whole number of seconds, 0 or more.");
    }
    Duration asked = Duration.ofSeconds(seconds);
    return asked.compareTo(LONGEST) < 0 ? asked : LONGEST;
  }

  /// Begins to wait for what comes after `position`.
  ///
  /// @param limited whether `limits.connections-per-user` counts for it
  /// @throws LimitExceededException where there are too many connections
  static HeldPoll open(
      Deliveries deliveries, Session session, CursorKey key, long position, boolean limited) {
    HeldPoll poll = new HeldPoll(deliveries, session);
    deliveries.connections().open(poll, limited);
    poll.subscription = deliveries.subscribe(poll, request(key, position));
    return poll;
  }

  // Its cursor is its own and ends with it, so the device's is not touched.
  private static SubscriptionRequest request(CursorKey key, long position) {
    return new SubscriptionRequest(
        key.destination(),
        key.user(),
        key.device(),
        AckMode.NONE,
        1,
        new From.After(position),
        true,
        () -> {});
  }

  /// Waits until the log was added to, or until the time is over or the connection. Blocks.
  ///
  /// @return whether to look again; where not, there is no use in waiting on
  boolean await(long untilNanos) {
    try {
      boolean rang = bell.tryAcquire(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      return rang && !isOver();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// The passing messages that came meanwhile.
  synchronized List<Entry> passing() {
    return List.copyOf(passing);
  }

  private synchronized boolean isOver() {
    return over;
  }

  @Override
  public Session session() {
    return session;
  }

  @Override
  public boolean send(Subscription to, List<Delivery> batch) {
    synchronized (this) {
      for (Delivery delivery : batch) {
        if (delivery.entry().isPassing() && passing.size() < MAX_PASSING) {
          passing.add(delivery.entry());
        }
      }
    }
    bell.release();
    return true;
  }

  @Override
  public long takingNanos() {
    return System.nanoTime();
  }

  @Override
  public void close(CloseReason reason) {
    synchronized (this) {
      over = true;
    }
    bell.release();
  }

  @Override
  public void tick() {}

  @Override
  public long restNanos() {
    return REST_NANOS;
  }

  @Override
  public void close() {
    if (subscription != null) {
      subscription.close();
    }
    deliveries.connections().closed(this);
  }
}
