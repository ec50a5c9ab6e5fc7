package io.belfry.operations;

import io.belfry.core.delivery.Deliveries;
import io.belfry.core.log.Appended;
import io.belfry.core.log.BelfryException;
import io.belfry.core.log.ContentType;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Ids;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Push;
import io.belfry.core.log.Session;
import io.belfry.core.log.Store;
import io.belfry.push.PushCounters;
import io.belfry.settings.NodeName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Tells the operators' console how this node does, every two seconds, by a message to a topic that
/// is not kept: nobody who comes later needs it. The topic is the nodes' own, so operators alone
/// read it.
@Component
class NodeSnapshots implements AutoCloseable {
  static final Destination TOPIC = new Destination.Topic("belfry.nodes");
  private static final long EVERY_MILLIS = 2_000;
  private static final int SLOWEST_SHOWN = 10;

  private final String node;
  private final Logs logs;
  private final Deliveries deliveries;
  private final PushCounters pushes;
  private final DeliveryLatency latency;
  private final JsonMapper json;
  private final SlowClients slow;
  private final PendingEntries pending;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("belfry-snapshots").factory());

  // Whether somebody listened to the last one; looking for slow clients visits every connection.
  private volatile boolean isHeard;

  NodeSnapshots(
      NodeName node,
      Store store,
      Deliveries deliveries,
      PushCounters pushes,
      DeliveryLatency latency,
      JsonMapper json) {
    this.node = node.value();
    this.logs = store.logs();
    this.deliveries = deliveries;
    this.pushes = pushes;
    this.latency = latency;
    this.json = json;
    this.slow = new SlowClients(deliveries.connections());
    this.pending = new PendingEntries(store.logs(), deliveries.cursors());
  }

  /// @param at when it was taken, in milliseconds since the epoch
  /// @param slow how many connections take nothing though something waits for them
  /// @param slowest the slowest of them
  /// @param pushes those by HTTP since the start that were accepted, as are all that follow
  record Snapshot(
      String node,
      long at,
      int connections,
      int slow,
      List<SlowView> slowest,
      DeliveryLatency.Quantiles latency,
      int feeds,
      long pushes,
      long deliveries,
      long redeliveries,
      long deadLetters) {}

  /// @param millis for how long it has taken nothing
  /// @param pending entries in its user's queues that no device has acknowledged
  record SlowView(
      String user, String device, String session, String transport, long millis, long pending) {}

  @EventListener(ApplicationReadyEvent.class)
  void start() {
    var ignored =
        timer.scheduleWithFixedDelay(this::tell, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tell() {
    try {
      isHeard =
          logs.append(push()).join() instanceof Appended.Fresh fresh && fresh.receipt().online();
    } catch (BelfryException | CompletionException away) {
      isHeard = false; // the store is away: the next one may come through
    }
  }

  private Push push() {
    return new Push(
        TOPIC,
        Ids.next(),
        ContentType.JSON,
        Map.of(),
        json.writeValueAsBytes(snapshot()),
        Duration.ZERO,
        null,
        null);
  }

  private Snapshot snapshot() {
    List<SlowClients.Slow> slowNow = isHeard ? slow.look() : List.of();
    long accepted =
        pushes.count(PushCounters.Result.ACCEPTED) + pushes.count(PushCounters.Result.PASSING);
    return new Snapshot(
        node,
        System.currentTimeMillis(),
        deliveries.connections().count(),
        slowNow.size(),
        slowNow.stream().limit(SLOWEST_SHOWN).map(this::view).toList(),
        latency.lately(),
        deliveries.feedCount(),
        accepted,
        deliveries.counters().delivered(),
        deliveries.counters().redelivered(),
        deliveries.counters().deadLetters());
  }

  private SlowView view(SlowClients.Slow one) {
    Session session = one.connection().session();
    return new SlowView(
        session.user(),
        session.device(),
        session.id(),
        session.transport(),
        TimeUnit.NANOSECONDS.toMillis(one.nanos()),
        pending.of(session.user()));
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
