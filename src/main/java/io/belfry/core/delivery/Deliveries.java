package io.belfry.core.delivery;

import io.belfry.core.log.From;
import io.belfry.core.log.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Delivery on this node: where a transport subscribes its connections.
///
/// Waiting costs nothing: a subscription that has nothing to do has no thread, and one timer visits
/// all of them for what is due.
public final class Deliveries implements AutoCloseable {
  private static final long TICK_MILLIS = 100;
  private static final int TICKS_A_REST = 10;

  private final Store store;
  private final DeliverySettings settings;
  private final Counters counters = new Counters();
  private final Latency latency;
  private final CursorKeeper cursors;
  private final Feeds feeds;
  private final Connections connections;
  private final ScheduledExecutorService timer;
  private int ticks;

  public Deliveries(Store store, DeliverySettings settings, InstantSource clock) {
    this.store = store;
    this.settings = settings;
    this.latency = new Latency(clock);
    this.cursors = new CursorKeeper(store, settings.deviceTtl());
    this.feeds = new Feeds(store.logs(), store.bells(), cursors, clock, settings.recentEntries());
    this.connections = new Connections(store.presence(), settings);
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("belfry-timer").factory());
    var ignored =
        timer.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Delivers what is asked for to this connection, from now until the subscription or the
  /// connection is closed; the transport closes its subscriptions when a connection ends. Does not
  /// block.
  public Subscription subscribe(Connection connection, SubscriptionRequest request) {
    Subscription subscription = new Subscription(this, connection, request);
    subscription.start();
    return subscription;
  }

  /// The connections of this node.
  public Connections connections() {
    return connections;
  }

  /// The cursors that are open on this node.
  public CursorKeeper cursors() {
    return cursors;
  }

  public Counters counters() {
    return counters;
  }

  /// How long deliveries take.
  public Latency latency() {
    return latency;
  }

  public DeliverySettings settings() {
    return settings;
  }

  /// Hands the connections over to other nodes, evenly over three quarters of this time; who comes
  /// meanwhile is sent away at once. Returns once none is left or the time is over. Blocks.
  public void drain(Duration over) {
    connections.depart();
    new Departure(connections, cursors, over).run();
  }

  /// How many logs this node listens to.
  public int feedCount() {
    return feeds.count();
  }

  Store store() {
    return store;
  }

  Feeds feeds() {
    return feeds;
  }

  CursorKeeper.Opened openCursor(SubscriptionRequest request) {
    if (!request.clean()) {
      return cursors.open(request.cursor(), request.from());
    }
    Cursor own = cursors.unkept(request.cursor());
    own.settleThrough(
        request.from() instanceof From.After after
            ? after.offset()
            : store.logs().last(request.destination()));
    return new CursorKeeper.Opened(own, own.state(), own.state().settled());
  }

  void closeCursor(Cursor cursor) {
    cursors.release(cursor);
  }

  private void tick() {
    try {
      connections.tick();
      feeds.tick();
      if (++ticks % TICKS_A_REST == 0) {
        feeds.rest();
        latency.rest();
      }
    } catch (RuntimeException defect) {
      // A timer that an exception escapes from ends for good.
      Defects.report(defect);
    }
  }

  /// Ends the timer and writes what was settled. The connections are to be closed before.
  @Override
  public void close() {
    timer.shutdownNow();
    cursors.close();
  }
}
