package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Bell;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Retention;
import io.belfry.core.log.Store;
import io.belfry.core.log.StoreContract;
import io.belfry.testing.RedisCluster;
import io.lettuce.core.cluster.SlotHash;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisClusterConfiguration;

/// The contract on a Cluster of three masters.
class ClusterStoreIT extends StoreContract {
  @TempDir static Path directory;
  private static @Nullable RedisCluster cluster;

  private boolean isEmpty;

  @BeforeAll
  static void start() {
    cluster = RedisCluster.start(directory);
  }

  @AfterAll
  static void stop() {
    cluster().close();
  }

  @Override
  protected Store open(Retention settings, InstantSource time) {
    if (!isEmpty) {
      cluster().flush();
      isEmpty = true;
    }
    List<String> nodes = List.of(cluster().nodes().split(",", -1));
    return OpenStores.open(new RedisClusterConfiguration(nodes), settings, time);
  }

  @Test
  void aListeningFollowsItsLogToAnotherMaster() throws Exception {
    Destination log = new Destination.Topic("moving");
    BlockingQueue<Bell> bells = new LinkedBlockingQueue<>();
    try (var _ = store().bells().listen(log, bells::add)) {
      cluster().move(SlotHash.getSlot(LogKeys.of(log).channel()));

      // Said once it listens there: what rang meanwhile may be lost.
      assertThat(bells.poll(20, TimeUnit.SECONDS)).isEqualTo(new Bell.Look());
      long offset =
          Objects.requireNonNull(
              ((io.belfry.core.log.Appended.Fresh)
                      store()
                          .logs()
                          .append(
                              io.belfry.core.log.Push.of(
                                  log, java.util.Map.of(), new byte[] {1}, retention()))
                          .join())
                  .receipt()
                  .offset());
      assertThat(bells.poll(20, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              Bell.Grew.class, grew -> assertThat(grew.offset()).isEqualTo(offset));
    }
  }

  private static RedisCluster cluster() {
    return Objects.requireNonNull(cluster);
  }
}
