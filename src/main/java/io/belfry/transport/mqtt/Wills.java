package io.belfry.transport.mqtt;

import io.belfry.core.log.Logs;
import io.belfry.core.log.Presence;
import io.belfry.core.log.Retention;
import io.belfry.core.log.Session;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The wills of this node that wait for their delay. They do not outlive it. A client that is back,
/// on any node, is heard of by its taking over. Of one user at most [#MAX_COUNT] wait: where there
/// is one more, the one that was left first is published, as where its session had ended.
final class Wills {
  static final int MAX_COUNT = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Wills.class);
  private static final Executor THREADS =
      task -> Thread.ofVirtual().name("belfry-will").start(task);

  /// @param due ends once its delay is over
  private record Left(String session, Will will, CompletableFuture<?> due) {}

  private final Logs logs;
  private final Retention retention;

  // By user, and by device, the one that was left first at first; guarded by this monitor.
  private final Map<String, LinkedHashMap<String, Left>> waiting = new HashMap<>();

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
    CompletableFuture<?> due =
        new CompletableFuture<>().completeOnTimeout(null, delay.toMillis(), TimeUnit.MILLISECONDS);
    Left left = new Left(by.id(), will, due);
    Left first = add(by, left);
    var ignored =
        due.thenRunAsync(
            () -> {
              if (remove(by.user(), by.device(), left)) {
                publish(will);
              }
            },
            THREADS);
    if (first != null) {
      publish(first.will());
    }
  }

  // The one that cannot wait any longer, or null.
  private synchronized @Nullable Left add(Session by, Left left) {
    var its = waiting.computeIfAbsent(by.user(), user -> new LinkedHashMap<>(2));
    Left replaced = its.remove(by.device());
    if (replaced != null) {
      forget(replaced);
    }
    its.put(by.device(), left);
    if (its.size() <= MAX_COUNT) {
      return null;
    }
    Left first = Objects.requireNonNull(its.pollFirstEntry()).getValue();
    forget(first);
    return first;
  }

  private synchronized @Nullable Left of(String user, String device) {
    Map<String, Left> its = waiting.get(user);
    return its == null ? null : its.get(device);
  }

  // Whether it was there.
  private synchronized boolean remove(String user, String device, Left left) {
    Map<String, Left> its = waiting.get(user);
    if (its == null || !its.remove(device, left)) {
      return false;
    }
    if (its.isEmpty()) {
      waiting.remove(user);
    }
    forget(left);
    return true;
  }

  // The clock keeps what it waits for, with the body of the will.
  private static void forget(Left left) {
    var ignored = left.due().cancel(false);
  }

  /// The client is back. Where it does not resume its session, that has ended, and its will is due.
  /// Does not block.
  void cameBack(Presence.Signal.TakeOver back) {
    String device = back.session().device();
    Left left = of(back.user(), device);
    if (left == null || left.session().equals(back.session().id())) {
      return;
    }
    if (remove(back.user(), device, left) && !back.resumes()) {
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
