package io.belfry.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.testing.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.FileSystemUtils;

/// `./mvnw verify -Psoak -Dsoak.time=1h`
class LongSoak {
  private static final long SEED = 7;

  // What is kept comes to its bounds within two waves.
  private static final List<String> SETTINGS =
      List.of("--belfry.inbox.ttl=60s", "--belfry.idempotency.keep=60s");

  @Test
  void aNodeThatClientsComeToAndLeaveDoesNotGrow() throws Exception {
    Path directory = Path.of("target", "soak");
    // Of an earlier run.
    FileSystemUtils.deleteRecursively(directory.toFile());
    Path home = Files.createDirectories(directory);
    Duration time = DurationStyle.detectAndParse(System.getProperty("soak.time", "1h"));
    if (System.getProperty("soak.store", "embedded").equals("redis")) {
      try (RedisServer redis = RedisServer.durable(home)) {
        String url = "redis://127.0.0.1:" + redis.port();
        soak(home, time, List.of("--belfry.store=redis", "--spring.data.redis.url=" + url));
      }
    } else {
      soak(home, time, List.of());
    }
  }

  private static void soak(Path home, Duration time, List<String> store) throws Exception {
    List<String> settings = new ArrayList<>(SETTINGS);
    settings.addAll(store);
    try (Seat seat = Seat.start("soaked", home.resolve("node"), Map.of(), settings)) {
      assertThat(new Soak(seat, SEED).run(time).grown()).isEmpty();
    }
  }
}
