package io.belfry.transport.mqtt;

import io.belfry.core.log.Logs;
import io.belfry.core.log.Presence;
import io.belfry.core.log.Retention;
import io.belfry.core.log.Session;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The wills of this node that wait for their delay. They do not outlive it. A client that is back,
/// on any node, is heard of by its taking over.
final class Wills {
  private static final Logger LOG = LoggerFactory.getLogger(Wills.class);

  private record Client(String user, String device) {}

  private record Left(String session, Will will) {}

  private final Logs logs;
  private final Retention retention;
  private final Map<Client, Left> waiting = new ConcurrentHashMap<>();

  Wills(Logs logs, Retention retention) {
    this.logs = logs;
    this.retention = retention;
  }

  /// Publishes it, after this delay unless the client is back before. Does not block.
  ///
  /// @param by the session that it is the will of
  void leave(Session by, Will will, Duration delay) {
    if (delay.isZero()) {
      publish(will);
      return;
    }
    Client client = new Client(by.user(), by.device());
    Left left = new Left(by.id(), will);
    waiting.put(client, left);
    Executor later =
        CompletableFuture.delayedExecutor(
            delay.toMillis(),
            TimeUnit.MILLISECONDS,
            task -> Thread.ofVirtual().name("belfry-will").start(task));
    later.execute(() -> {
      if (waiting.remove(client, left)) {
        publish(will);
      }
    });
  }

  /// The client is back. Where it does not resume its session, that has ended, and its will is due.
  /// Does not block.
  void cameBack(Presence.Signal.TakeOver back) {
    Client client = new Client(back.user(), back.session().device());
    Left left = waiting.get(client);
    if (left == null || left.session().equals(back.session().id())) {
      return;
    }
    if (waiting.remove(client, left) && !back.resumes()) {
      publish(left.will());
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
