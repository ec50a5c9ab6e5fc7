package io.belfry.store.redis;

import io.belfry.testing.RedisServer;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// The contract on the machine's own redis-server.
class RedisStoreIT extends RedisStoreContract {
  @TempDir static Path directory;
  private static @Nullable RedisServer server;

  @BeforeAll
  static void start() {
    server = RedisServer.start(directory);
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(server).close();
  }

  @Override
  RedisServer server() {
    return Objects.requireNonNull(server);
  }
}
