package io.belfry.store.redis;

import io.belfry.core.log.Bells;
import io.belfry.core.log.Cursors;
import io.belfry.core.log.DeadLetters;
import io.belfry.core.log.DeviceRecords;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Presence;
import io.belfry.core.log.Retention;
import io.belfry.core.log.Store;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The store that many nodes share: everything is in Redis, and as durable as that is.
public final class RedisStore implements Store {
  private static final Logger LOGGER = LoggerFactory.getLogger(RedisStore.class);
  private static final long RETRY_MILLIS = 500;
  private static final long TICK_MILLIS = 50;

  private final Servers servers;
  private final Link link;
  private final ScheduledExecutorService timer;
  private final Ears ears;
  private final Appends appends;
  private final RedisLogs logs;
  private final RedisCursors cursors;
  private final RedisBells bells;
  private final RedisPresence presence;
  private final RedisDeadLetters deadLetters;
  private final RedisDeviceRecords deviceRecords;
  // Of the timer's thread.
  private boolean wasUp;
  private boolean waited;

  private RedisStore(
      Servers servers, Link link, ScheduledExecutorService timer, Retention retention) {
    this.servers = servers;
    this.link = link;
    this.timer = timer;
    ears = new Ears(servers, link);
    deadLetters = new RedisDeadLetters(link, retention);
    deviceRecords = new RedisDeviceRecords(link);
    appends =
        new Appends(
            new AppendScript(link, retention),
            (destination, notes) -> {
              var ignored = deadLetters.deleteNoted(destination, notes);
            });
    logs = new RedisLogs(link, appends, deadLetters);
    cursors = new RedisCursors(link, retention);
    bells = new RedisBells(ears);
    presence = new RedisPresence(link, ears);
  }

  /// Opens the store. Waits, for as long as it takes, until Redis is there, and says so. Blocks.
  ///
  /// @param clock for tests that move time; null: the server's own
  static RedisStore open(Servers servers, Retention retention, @Nullable InstantSource clock) {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("belfry-redis").factory());
    try {
      CompletableFuture<Link> connected = new CompletableFuture<>();
      timer.execute(() -> connect(servers, clock, timer, connected, false));
      // Without a limit: a thread that waits so is one that Spring lets go at a shutdown.
      RedisStore store = new RedisStore(servers, connected.join(), timer, retention);
      store.start();
      return store;
    } catch (RuntimeException failed) {
      timer.shutdownNow();
      servers.close();
      throw failed;
    }
  }

  @Override
  public Logs logs() {
    return logs;
  }

  @Override
  public Cursors cursors() {
    return cursors;
  }

  @Override
  public Bells bells() {
    return bells;
  }

  @Override
  public Presence presence() {
    return presence;
  }

  @Override
  public DeadLetters deadLetters() {
    return deadLetters;
  }

  @Override
  public DeviceRecords deviceRecords() {
    return deviceRecords;
  }

  /// Whether Redis takes what this node rings for itself, and that comes back.
  @Override
  public boolean isUp() {
    return ears.areUp();
  }

  /// The appends that wait for Redis.
  public int waiting() {
    return appends.count();
  }

  /// How often a listening connection was built anew.
  public long rebuilt() {
    return ears.rebuilt();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    link.close();
    presence.close();
    appends.close();
    try {
      ears.close();
    } finally {
      servers.close();
    }
  }

  // A server that is there may take nothing yet: it is full, or one of a Cluster's is away.
  private void start() {
    CompletableFuture<Void> begun = presence.start();
    ears.tick();
    var ignored =
        timer.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    var late =
        timer.schedule(
            () ->
                LOGGER.warn(
                    "Waiting for Redis at {} to take what a node has to say: {}",
                    servers.description(),
                    presence.refusal()),
            Link.PATIENCE_MILLIS,
            TimeUnit.MILLISECONDS);
    begun.join();
    if (!late.cancel(false)) {
      LOGGER.info("Redis takes it");
    }
  }

  private void tick() {
    guarded(servers::tick);
    guarded(link::tick);
    guarded(appends::tick);
    guarded(ears::tick);
    guarded(presence::tick);
    guarded(this::sayWhetherUp);
  }

  private void sayWhetherUp() {
    boolean isUp = isUp();
    if (wasUp && !isUp) {
      LOGGER.warn("Redis at {} cannot be reached, or is not heard", servers.description());
    } else if (!wasUp && isUp && waited) {
      LOGGER.info("Redis is reached and heard again");
    }
    waited |= isUp;
    wasUp = isUp;
  }

  // A timer that an exception escapes from ends for good.
  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException defect) {
      LOGGER.error("What the store does by itself failed.", defect);
    }
  }

  private static void connect(
      Servers servers,
      @Nullable InstantSource clock,
      ScheduledExecutorService timer,
      CompletableFuture<Link> connected,
      boolean said) {
    try {
      Link link = Link.connect(servers, clock);
      if (said) {
        LOGGER.info("Redis is there");
      }
      connected.complete(link);
    } catch (RuntimeException away) {
      if (!said) {
        LOGGER.warn(
            "Waiting for Redis at {} (spring.data.redis.*), and trying again until it is there: {}",
            servers.description(),
            Failures.innermost(away));
      }
      var ignored =
          timer.schedule(
              () -> connect(servers, clock, timer, connected, true),
              RETRY_MILLIS,
              TimeUnit.MILLISECONDS);
    }
  }
}
