package io.belfry.operations;

import io.belfry.core.delivery.Deliveries;
import io.belfry.core.log.Appended;
import io.belfry.core.log.BelfryException;
import io.belfry.core.log.ContentType;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Ids;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Push;
import io.belfry.core.log.Store;
import io.belfry.push.PushCounters;
import io.belfry.settings.NodeName;
import java.time.Duration;
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
/// is not kept: nobody who comes later needs it. It has counts alone and names no user, since any
/// user may read a topic.
@Component
class NodeSnapshots implements AutoCloseable {
  static final Destination TOPIC = new Destination.Topic("belfry.nodes");
  private static final long EVERY_MILLIS = 2_000;

  private final String node;
  private final Logs logs;
  private final Deliveries deliveries;
  private final PushCounters pushes;
  private final JsonMapper json;
  private final SlowClients slow;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("belfry-snapshots").factory());

  // Whether somebody listened to the last one; counting slow clients looks at every connection.
  private volatile boolean isHeard;

  NodeSnapshots(
      NodeName node, Store store, Deliveries deliveries, PushCounters pushes, JsonMapper json) {
    this.node = node.value();
    this.logs = store.logs();
    this.deliveries = deliveries;
    this.pushes = pushes;
    this.json = json;
    this.slow = new SlowClients(deliveries.connections());
  }

  /// @param at when it was taken, in milliseconds since the epoch
  /// @param slow connections that take nothing though something waits for them
  /// @param pushes those by HTTP since the start that were accepted, as are all that follow
  record Snapshot(
      String node,
      long at,
      int connections,
      int slow,
      int feeds,
      long pushes,
      long deliveries,
      long redeliveries,
      long deadLetters) {}

  @EventListener(ApplicationReadyEvent.class)
  void start() {
    var ignored =
        timer.scheduleWithFixedDelay(this::tell, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tell() {
    Push push =
        new Push(
            TOPIC,
            Ids.next(),
            ContentType.JSON,
            Map.of(),
            json.writeValueAsBytes(snapshot()),
            Duration.ZERO,
            null,
            null);
    try {
      isHeard =
          logs.append(push).join() instanceof Appended.Fresh fresh && fresh.receipt().online();
    } catch (BelfryException | CompletionException away) {
      isHeard = false; // the store is away: the next one may come through
    }
  }

  private Snapshot snapshot() {
    long accepted =
        pushes.count(PushCounters.Result.ACCEPTED) + pushes.count(PushCounters.Result.PASSING);
    return new Snapshot(
        node,
        System.currentTimeMillis(),
        deliveries.connections().count(),
        isHeard ? slow.count() : 0,
        deliveries.feedCount(),
        accepted,
        deliveries.counters().delivered(),
        deliveries.counters().redelivered(),
        deliveries.counters().deadLetters());
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
