package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.testing.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/// The devices' records where the clocks of nodes differ.
class RedisDeviceRecordsIT {
  private static final Duration AHEAD = Duration.ofMinutes(5);

  @TempDir Path directory;

  @Test
  void aRecordLivesAsLongAsItShouldForANodeWhoseClockIsAhead() {
    try (RedisServer server = RedisServer.start(directory);
        Servers servers =
            OpenStores.servers(new RedisStandaloneConfiguration("127.0.0.1", server.port()))) {
      Instant behind = Instant.now().minus(AHEAD);
      var right = new RedisDeviceRecords(Link.connect(servers, () -> behind));
      var ahead = new RedisDeviceRecords(Link.connect(servers, null));
      right.put("alice", "phone", new byte[] {1}, behind.plusSeconds(60));
      right.put("alice", "laptop", new byte[] {1}, behind.plusMillis(50));

      assertThat(ahead.get("alice", "phone")).isEqualTo(new byte[] {1});
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> ahead.get("alice", "laptop") == null);
    }
  }
}
