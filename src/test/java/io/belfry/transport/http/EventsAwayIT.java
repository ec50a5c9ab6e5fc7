package io.belfry.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.TestNode;
import io.belfry.testing.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Server-sent events while the store is away: the stream waits, and nothing is lost.
class EventsAwayIT {
  private static final String PATH = "/user/queue/q?device=d";

  @TempDir Path directory;

  @Test
  void streamsWaitWhileTheStoreIsAwayAndGoOnWithoutAGapOrADouble() throws Exception {
    try (RedisServer redis = RedisServer.durable(directory);
        TestNode node =
            TestNode.start(
                directory,
                "belfry.store=redis",
                "belfry.heartbeat=300ms",
                "spring.data.redis.url=" + redis.url());
        EventClient before = EventClient.open(node, "ann", PATH)) {
      push(node, "1");
      EventClient.Event first = before.next();
      assertThat(first.body()).isEqualTo("1");

      redis.kill();
      awaitReadiness(node, 503);
      try (EventClient meanwhile =
          EventClient.open(node, "ann", "/user/queue/q?device=new", "Last-Event-ID", first.id())) {
        assertThat(meanwhile.response().statusCode()).isEqualTo(200);
        assertThat(meanwhile.other()).isEqualTo(":");
        assertThat(before.other(":")).isEqualTo(":");
        redis.restart();
        awaitReadiness(node, 200);
        push(node, "2");

        assertThat(before.next().body()).isEqualTo("2");
        assertThat(meanwhile.next().body()).isEqualTo("2");
        assertThat(before.hasEvent()).isFalse();
        assertThat(meanwhile.hasEvent()).isFalse();
      }
    }
  }

  private static void push(TestNode node, String body) {
    assertThat(node.as("service", "push").post("/user/ann/queue/q", body).status()).isEqualTo(201);
  }

  private static void awaitReadiness(TestNode node, int status) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> node.asNobody().get("/actuator/health/readiness").status() == status);
  }
}
