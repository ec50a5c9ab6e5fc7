package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Retention;
import io.belfry.core.log.Session;
import io.belfry.testing.RedisServer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/// What presence shows where a session begins and ends in one moment, and while Redis is full.
class RedisPresenceIT {
  private static final Session SESSION =
      new Session("s", "alice", "phone", "stomp", "node", Instant.EPOCH);

  @TempDir Path directory;

  // When it is about to be said that a session is there; once.
  private final AtomicReference<Runnable> whenSaying = new AtomicReference<>(() -> {});

  @Test
  void aSessionThatEndsWhileItIsSaidToBeThereIsShownNoMore() {
    try (RedisServer server = RedisServer.start(directory);
        Servers servers =
            OpenStores.servers(new RedisStandaloneConfiguration("127.0.0.1", server.port()))) {
      Link link = Link.connect(WatchedServers.of(servers, this::whenSaying), null);
      Ears ears = new Ears(servers, link);
      RedisPresence presence = new RedisPresence(link, ears);
      CompletableFuture<Void> begun = presence.start();
      Awaitility.await()
          .until(() -> {
            ears.tick();
            return begun.isDone();
          });
      whenSaying.set(() -> presence.closed(SESSION));

      presence.opened(SESSION);

      assertThat(presence.of("alice")).isEmpty();
    }
  }

  @Test
  void aNodeIsThereWhileRedisIsFull() {
    try (RedisServer server = RedisServer.start(directory);
        RedisStore store = OpenStores.open(server, Retention.defaults(), null)) {
      store.presence().opened(SESSION);
      String lease = server.<List<String>>ask(r -> r.keys("belfry:n:*")).getFirst();
      server.ask(r -> r.configSet("maxmemory", "1"));

      Awaitility.await().until(() -> server.<Long>ask(r -> r.pttl(lease)) < 11_000);
      Awaitility.await().until(() -> server.<Long>ask(r -> r.pttl(lease)) > 12_000);
      assertThat(store.presence().of("alice")).containsExactly(SESSION);
    }
  }

  private void whenSaying(String command) {
    if (command.equals("hset")) {
      whenSaying.getAndSet(() -> {}).run();
    }
  }
}
