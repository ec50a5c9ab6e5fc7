package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.core.log.StoreUnavailableException;
import io.belfry.testing.RedisServer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store whose Redis goes and comes.
class RedisAwayIT {
  private static final Destination LOG = new Destination.Topic("t");

  @TempDir Path directory;

  @Test
  void theStartWaitsForRedis() {
    try (RedisServer server = RedisServer.durable(directory)) {
      server.kill();
      CompletableFuture<RedisStore> opening =
          CompletableFuture.supplyAsync(() -> OpenStores.open(server, Retention.defaults(), null));
      server.restart();

      try (RedisStore store = opening.join()) {
        assertThat(store.logs().append(push()).join()).isInstanceOf(Appended.Fresh.class);
      }
    }
  }

  @Test
  void theStartWaitsForARedisThatIsFull() throws Exception {
    try (RedisServer server = RedisServer.start(directory, "--maxmemory", "1")) {
      CompletableFuture<RedisStore> opening =
          CompletableFuture.supplyAsync(() -> OpenStores.open(server, Retention.defaults(), null));
      Awaitility.await()
          .until(() -> server.<String>ask(r -> r.info("errorstats")).contains("errorstat_OOM"));
      assertThat(opening).isNotCompletedExceptionally();
      server.ask(r -> r.configSet("maxmemory", "0"));

      try (RedisStore store = opening.join()) {
        assertThat(store.logs().append(push()).join()).isInstanceOf(Appended.Fresh.class);
      }
    }
  }

  @Test
  void whatComesWhileRedisIsAwayIsRefusedOrAppendedOnceItIsBack() throws Exception {
    try (RedisServer server = RedisServer.durable(directory);
        RedisStore store = OpenStores.open(server, Retention.defaults(), null)) {
      Awaitility.await().until(store::isUp);
      assertThat(store.logs().append(push()).join()).isInstanceOf(Appended.Fresh.class);
      server.kill();
      Awaitility.await().until(() -> !store.isUp());

      CompletableFuture<Appended> refused = store.logs().append(push());
      assertThat(refused)
          .failsWithin(java.time.Duration.ofSeconds(30))
          .withThrowableOfType(ExecutionException.class)
          .havingCause()
          .isInstanceOf(StoreUnavailableException.class);
      CompletableFuture<Appended> patient = store.logs().append(push());
      server.restart();

      assertThat(patient.join()).isInstanceOf(Appended.Fresh.class);
      Awaitility.await().until(store::isUp);
      assertThat(store.logs().after(LOG, 0, 10, 1000).entries()).hasSize(2);
      assertThat(store.waiting()).isZero();
    }
  }

  private static Push push() {
    return Push.of(LOG, Map.of(), new byte[] {1}, Retention.defaults());
  }
}
