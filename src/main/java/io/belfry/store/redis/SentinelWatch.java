package io.belfry.store.redis;

import io.belfry.store.redis.Servers.Shard;
import io.lettuce.core.RedisClient;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which server Sentinel names as the master, asked again and again. A master that another one has
/// replaced goes on taking commands until Sentinel has told it, ten seconds later, and drops them
/// all then: nothing but the Sentinels says that it is to be left.
final class SentinelWatch implements AutoCloseable {
  private static final long PERIOD_NANOS = 250_000_000L;
  private static final long PATIENCE_MILLIS = 2_000;
  private static final Logger LOGGER = LoggerFactory.getLogger(SentinelWatch.class);

  private final RedisClient client;
  private final String name;
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile Shard master = new Shard("a master that no Sentinel has named yet");
  // Of who is asking.
  private volatile @Nullable StatefulRedisSentinelConnection<String, String> connection;
  private volatile boolean closed;
  // Of the thread that ticks.
  private long askAt = System.nanoTime();

  /// @param client one whose connections do not come back by themselves
  /// @param name what the Sentinels call the master
  SentinelWatch(RedisClient client, String name) {
    this.client = client;
    this.name = name;
  }

  /// The master, as a Sentinel said last.
  Shard master() {
    return master;
  }

  /// Called some twenty times a second, on one thread. Does not block.
  void tick() {
    long now = System.nanoTime();
    if (now - askAt >= 0 && !asking.get()) {
      askAt = now + PERIOD_NANOS;
      Thread.ofVirtual().name("belfry-sentinel").start(this::ask);
    }
  }

  /// Asks now, unless somebody is asking; where no Sentinel answers, what is known stays. Blocks.
  void ask() {
    if (closed || !asking.compareAndSet(false, true)) {
      return;
    }
    try {
      var sentinel = connection == null ? client.connectSentinel() : connection;
      connection = sentinel;
      if (sentinel.async().getMasterAddrByName(name).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
          instanceof InetSocketAddress address) {
        master = new Shard(address.getHostString() + ':' + address.getPort());
      }
    } catch (ExecutionException | TimeoutException | RuntimeException away) {
      LOGGER.debug("A Sentinel does not answer: the next one is asked", away);
      leave();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      asking.set(false);
    }
  }

  @Override
  public void close() {
    closed = true;
    leave();
  }

  private void leave() {
    var sentinel = connection;
    connection = null;
    if (sentinel != null) {
      var ignored = sentinel.closeAsync();
    }
  }
}
