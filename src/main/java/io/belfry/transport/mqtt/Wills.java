package io.belfry.transport.mqtt;

import io.belfry.core.log.Logs;
import io.belfry.core.log.Retention;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The wills of this node that wait for their delay. They do not outlive it.
final class Wills {
  private static final Logger LOG = LoggerFactory.getLogger(Wills.class);

  private record Client(String user, String device) {}

  private final Logs logs;
  private final Retention retention;
  private final Map<Client, Will> waiting = new ConcurrentHashMap<>();

  Wills(Logs logs, Retention retention) {
    this.logs = logs;
    this.retention = retention;
  }

  /// Publishes it, after this delay unless the client is back before. Does not block.
  void leave(String user, String device, Will will, Duration delay) {
    if (delay.isZero()) {
      publish(will);
      return;
    }
    Client client = new Client(user, device);
    waiting.put(client, will);
    Executor later =
        CompletableFuture.delayedExecutor(
            delay.toMillis(),
            TimeUnit.MILLISECONDS,
            task -> Thread.ofVirtual().name("belfry-will").start(task));
    later.execute(() -> {
      if (waiting.remove(client, will)) {
        publish(will);
      }
    });
  }

  /// The client is back.
  ///
  /// @param resumed whether to its session; where not, that has ended, and its will is due
  void cameBack(String user, String device, boolean resumed) {
    Will will = waiting.remove(new Client(user, device));
    if (will != null && !resumed) {
      publish(will);
    }
  }

  private void publish(Will will) {
    try {
      var ignored =
          logs.append(will.push(retention))
              .whenComplete((appended, wrong) -> {
                if (wrong != null) {
                  LOG.warn("A will could not be published", wrong);
                }
              });
    } catch (RuntimeException wrong) {
      LOG.warn("A will could not be published", wrong);
    }
  }
}
