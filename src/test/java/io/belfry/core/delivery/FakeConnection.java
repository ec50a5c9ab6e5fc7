package io.belfry.core.delivery;

import io.belfry.core.log.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A client whose socket and clock a test holds in its hand.
class FakeConnection implements Connection {
  private static final AtomicLong IDS = new AtomicLong();

  private final Session session;
  private final AtomicLong clock = new AtomicLong();
  private final List<Delivery> received = new ArrayList<>();
  private boolean blocked;
  private boolean isHeldUp;
  private boolean closed;
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
  private volatile Runnable onQuiesce = () -> {};
  final List<CloseReason> reasons = new CopyOnWriteArrayList<>();

  FakeConnection(String user, String device) {
    session = new Session("s" + IDS.incrementAndGet(), user, device, "fake", "node", Instant.EPOCH);
  }

  @Override
  public Session session() {
    return session;
  }

  @Override
  public synchronized boolean send(Subscription to, List<Delivery> batch)
      throws InterruptedException {
    while (blocked && !closed) {
      isHeldUp = true;
      notifyAll();
      wait();
    }
    isHeldUp = false;
    if (closed) {
      return false;
    }
    subscriptions.add(to);
    received.addAll(batch);
    notifyAll();
    return true;
  }

  /// The client's socket takes nothing from now on.
  synchronized void block() {
    blocked = true;
  }

  /// Waits until something is being sent while the socket takes nothing.
  synchronized void awaitHeldUp() throws InterruptedException {
    while (!isHeldUp) {
      wait();
    }
  }

  synchronized void unblock() {
    blocked = false;
    notifyAll();
  }

  /// The connection's clock moves on.
  void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  @Override
  public long takingNanos() {
    return clock.get();
  }

  @Override
  public synchronized void close(CloseReason reason) {
    closed = true;
    reasons.add(reason);
    notifyAll();
  }

  /// What its client does on the way out.
  void onQuiesce(Runnable doing) {
    onQuiesce = doing;
  }

  @Override
  public boolean quiesce() {
    subscriptions.forEach(Subscription::close);
    onQuiesce.run();
    return subscriptions.stream().allMatch(Subscription::isOver);
  }

  @Override
  public void tick() {}

  synchronized List<Delivery> received() {
    return List.copyOf(received);
  }

  /// Waits until what was received fits, and answers it.
  synchronized List<Delivery> await(Predicate<List<Delivery>> fits) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!fits.test(received)) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("still: " + received);
      }
      wait(left);
    }
    return List.copyOf(received);
  }

  List<Delivery> await(int count) throws InterruptedException {
    return await(all -> all.size() >= count);
  }

  @Nullable Delivery last() {
    List<Delivery> all = received();
    return all.isEmpty() ? null : all.getLast();
  }

  synchronized void awaitClose() throws InterruptedException {
    while (!closed) {
      wait();
    }
  }

  List<Long> offsets() {
    return received().stream().map(d -> d.entry().offset()).toList();
  }
}
