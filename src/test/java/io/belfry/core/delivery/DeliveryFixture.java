package io.belfry.core.delivery;

import io.belfry.core.log.Appended;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.Destination;
import io.belfry.core.log.From;
import io.belfry.core.log.InMemoryStore;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/// What tests of delivery have in common: a store in memory, and Alice with her devices.
abstract class DeliveryFixture {
  static final Destination INBOX = new Destination.Queue("alice", "notifications");
  static final DeliverySettings SETTINGS =
      new DeliverySettings(
          4, Duration.ofSeconds(30), 3, 10, 32, Integer.MAX_VALUE, Duration.ofDays(30));

  final InMemoryStore store = new InMemoryStore(retention(), InstantSource.system());
  final Deliveries deliveries = new Deliveries(store, SETTINGS, InstantSource.system());

  Retention retention() {
    return Retention.defaults();
  }

  @AfterEach
  void close() {
    deliveries.close();
  }

  long push(String text) {
    return push(text, Map.of());
  }

  long push(String text, Map<String, String> headers) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    Appended appended = store.append(Push.of(INBOX, headers, body, retention())).join();
    Long offset = ((Appended.Fresh) appended).receipt().offset();
    return offset == null ? 0 : offset;
  }

  /// A device of Alice that is subscribed to her inbox.
  final class Device extends FakeConnection {
    private final Subscription subscription;

    private Device(String name, AckMode mode, From from) throws InterruptedException {
      super("alice", name);
      subscription = subscribe(this, mode, from);
    }

    void acknowledge(long offset) {
      subscription.acknowledge(offset);
    }

    void refuse(long offset) {
      subscription.refuse(offset);
    }

    void reject(long offset, String reason) {
      subscription.reject(offset, reason);
    }

    @Nullable Long reached() {
      return subscription.reached();
    }

    void disconnect() {
      DeliveryFixture.this.disconnect(this, subscription);
    }
  }

  /// Alice's phone, which remembers how many bytes each write had.
  static final class Portioned extends FakeConnection {
    final List<Integer> writes = new CopyOnWriteArrayList<>();

    Portioned() {
      super("alice", "phone");
    }

    @Override
    public synchronized boolean send(Subscription to, List<Delivery> batch)
        throws InterruptedException {
      writes.add(batch.stream().mapToInt(delivery -> delivery.entry().size()).sum());
      return super.send(to, batch);
    }
  }

  Device subscribed(String device, AckMode mode) throws InterruptedException {
    return subscribed(device, mode, new From.Cursor());
  }

  /// Waits until the start is fixed.
  Device subscribed(String device, AckMode mode, From from) throws InterruptedException {
    return new Device(device, mode, from);
  }

  FakeConnection device(String name) {
    return new FakeConnection("alice", name);
  }

  Subscription subscribe(FakeConnection connection, AckMode mode) throws InterruptedException {
    return subscribe(connection, mode, new From.Cursor(), SETTINGS.window());
  }

  Subscription subscribe(FakeConnection connection, AckMode mode, From from)
      throws InterruptedException {
    return subscribe(connection, mode, from, SETTINGS.window());
  }

  /// Subscribes and waits until the start is fixed.
  Subscription subscribe(FakeConnection connection, AckMode mode, From from, int window)
      throws InterruptedException {
    return subscribe(connection, mode, from, window, true);
  }

  Subscription subscribe(
      FakeConnection connection, AckMode mode, From from, int window, boolean repeats)
      throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    SubscriptionRequest request =
        new SubscriptionRequest(
            INBOX,
            "alice",
            connection.session().device(),
            mode,
            window,
            from,
            false,
            repeats,
            started::countDown);
    Subscription subscription = deliveries.subscribe(connection, request);
    if (!started.await(20, TimeUnit.SECONDS)) {
      throw new AssertionError("the subscription did not start");
    }
    return subscription;
  }

  SubscriptionRequest request(String device, AckMode mode, Runnable started) {
    return new SubscriptionRequest(
        INBOX, "alice", device, mode, SETTINGS.window(), new From.Cursor(), false, started);
  }

  /// The connection goes, and its subscription with it; what it settled is kept.
  void disconnect(FakeConnection connection, Subscription subscription) {
    subscription.close();
    connection.close(CloseReason.CLIENT_WENT);
    deliveries.cursors().flush().join();
  }

  /// What is kept for her phone.
  CursorState phoneCursor() {
    return Objects.requireNonNull(store.of(INBOX, "alice").get("phone"));
  }

  static String text(Delivery delivery) {
    return new String(Objects.requireNonNull(delivery).entry().body(), StandardCharsets.UTF_8);
  }
}
