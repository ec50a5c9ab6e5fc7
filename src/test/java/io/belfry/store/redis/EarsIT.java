package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.testing.RedisServer;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/// The connections that a node listens on: how many there are, and what is heard on them.
class EarsIT {
  @TempDir Path directory;

  @Test
  void whatWasMissedAndIsOpenByNowIsNotOpenedOnceMore() {
    try (RedisServer server = RedisServer.start(directory);
        Counted servers = new Counted(server)) {
      try (Ears ears = new Ears(servers, Link.connect(servers, null))) {
        ears.tick();
        awaitUp(ears);

        // Of a tick that looked before: of two, one would never be heard.
        servers.shards().forEach(ears::connect);
      }
      assertThat(servers.opened).hasValue(1);
    }
  }

  @Test
  void whileAConnectionIsBeingOpenedNoSecondOneIs() throws Exception {
    try (RedisServer server = RedisServer.start(directory);
        Counted servers = new Counted(server)) {
      servers.mayOpen = new CountDownLatch(1);
      try (Ears ears = new Ears(servers, Link.connect(servers, null))) {
        ears.tick();
        servers.shards().forEach(ears::connect);
        servers.mayOpen.countDown();
        awaitUp(ears);
      }
      assertThat(servers.opened).hasValue(1);
    }
  }

  // Whoever loses a connection gathers what is on it, and what is put on it meanwhile sees to
  // itself.
  @Test
  void whatBeginsOnAConnectionThatIsLostInThatMomentIsHeardOnTheNextOne() throws Exception {
    try (RedisServer server = RedisServer.start(directory);
        Counted servers = new Counted(server);
        Ears ears = new Ears(servers, Link.connect(servers, null))) {
      ears.tick();
      awaitUp(ears);
      Hearing hearing = new Hearing("belfry:test", message -> {}, () -> {});
      servers.whileItIsOpen.set(() -> {
        Objects.requireNonNull(servers.latest).close();
        ears.tick();
      });
      ears.begin(hearing);

      assertThat(servers.whileItIsOpen).hasNullValue();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            ears.tick();
            return hearing.begun().isDone();
          });
    }
  }

  // It is ticked meanwhile: a probe may be faster than the listening that it is for.
  private static void awaitUp(Ears ears) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          ears.tick();
          return ears.areUp();
        });
  }

  /// Real servers that count who listens, and have something happen while a connection is open.
  private static final class Counted implements Servers {
    private final AtomicInteger opened = new AtomicInteger();
    private final Servers real;
    private volatile CountDownLatch mayOpen = new CountDownLatch(0);
    private final AtomicReference<@Nullable Runnable> whileItIsOpen = new AtomicReference<>();
    private volatile @Nullable StatefulRedisPubSubConnection<String, byte[]> latest;

    Counted(RedisServer server) {
      real = OpenStores.servers(new RedisStandaloneConfiguration("127.0.0.1", server.port()));
    }

    @Override
    public StatefulRedisPubSubConnection<String, byte[]> listen(Shard shard) {
      opened.incrementAndGet();
      try {
        assertThat(mayOpen.await(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException interrupted) {
        throw new IllegalStateException(interrupted);
      }
      StatefulRedisPubSubConnection<String, byte[]> connection = real.listen(shard);
      latest = connection;
      return watched(connection);
    }

    @SuppressWarnings("unchecked")
    private StatefulRedisPubSubConnection<String, byte[]> watched(
        StatefulRedisPubSubConnection<String, byte[]> connection) {
      return (StatefulRedisPubSubConnection<String, byte[]>)
          Proxy.newProxyInstance(
              EarsIT.class.getClassLoader(),
              new Class<?>[] {StatefulRedisPubSubConnection.class},
              (proxy, method, arguments) -> {
                Object answer = method.invoke(connection, arguments);
                Runnable happening =
                    method.getName().equals("isOpen") ? whileItIsOpen.getAndSet(null) : null;
                if (happening != null) {
                  happening.run();
                }
                return answer;
              });
    }

    @Override
    public Commands connect() {
      return real.connect();
    }

    @Override
    public Set<Shard> shards() {
      return real.shards();
    }

    @Override
    public Shard shardOf(String channel) {
      return real.shardOf(channel);
    }

    @Override
    public void refresh() {
      real.refresh();
    }

    @Override
    public String channel(String name) {
      return real.channel(name);
    }

    @Override
    public boolean isSharded() {
      return real.isSharded();
    }

    @Override
    public boolean isOne() {
      return real.isOne();
    }

    @Override
    public String description() {
      return real.description();
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
