package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.testing.Node;
import io.belfry.testing.RedisServer;
import io.belfry.testing.StompClient;
import io.belfry.testing.TestTokens;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Two real nodes on a real Redis that syncs every write, and what may happen to each of them.
/// Every test counts: accepted, delivered, lost (0), doubled (0).
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TwoNodesIT {
  private static final JsonMapper JSON = new JsonMapper();
  @TempDir static Path directory;
  private static @Nullable RedisServer redis;
  private static @Nullable Node one;
  private static @Nullable Node two;

  @BeforeAll
  static void start() throws IOException {
    RedisServer server = RedisServer.durable(directory);
    redis = server;
    one = node(server, "one");
    two = node(server, "two");
  }

  private static Node node(RedisServer server, String name) throws IOException {
    return Node.start(
        Files.createDirectories(directory.resolve(name)),
        "--belfry.store=redis",
        "--belfry.node=" + name,
        "--belfry.drain=4s",
        "--belfry.inbox.max-messages=1000000",
        "--spring.data.redis.url=" + server.url());
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable part : List.of(one(), two(), redis())) {
      try {
        part.close();
      } catch (Exception failed) {
        throw new IllegalStateException(failed);
      }
    }
  }

  // The case before may have ended with a connection cut: what is asked of a node in the moment
  // before it connects anew is answered 503, as it should be.
  @BeforeEach
  void bothReachRedis() {
    for (Node node : List.of(one(), two())) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> node.get("/user/nobody", TestTokens.push()).statusCode() == 200);
    }
  }

  @Test
  void aPushOnOneReachesASubscriberOnTheOther() throws Exception {
    try (StompClient phone = StompClient.connect(two().webSocket(), "ann", "phone")) {
      phone.subscribe("0", "/user/queue/q", "client");
      HttpResponse<String> answer = one().push("/user/ann/queue/q", "\"hello\"");

      assertThat(answer.statusCode()).isEqualTo(201);
      assertThat(answer.body()).contains("\"online\":true");
      assertThat(phone.awaitMessages(1).getFirst().body()).isEqualTo("\"hello\"");
      assertThat(one().get("/user/ann", TestTokens.push()).body())
          .contains("\"online\":true", "\"node\":\"two\"", "\"device\":\"phone\"");
    }
  }

  @Test
  void aPushIsOneScriptAndALiveDeliveryReadsNothing() throws Exception {
    try (StompClient phone = StompClient.connect(two().webSocket(), "eva", "phone")) {
      phone.subscribe("0", "/user/queue/q", "auto");
      one().push("/user/eva/queue/q", "0");
      phone.awaitMessages(1);
      Map<String, Long> before = redis().calls();
      // Who is further behind than a feed remembers does read.
      for (int i = 1; i <= 50; i++) {
        one().push("/user/eva/queue/q", "1");
        phone.awaitMessages(1 + i);
      }

      Map<String, Long> calls = redis().callsSince(before);
      // What each append does once; reading a log would look at its head (HMGET) as well.
      assertThat(calls).contains(Map.entry("xadd", 50L), Map.entry("hmget", 50L));
      assertThat(calls)
          .doesNotContainKeys("xrange", "xrevrange", "xread", "hgetall", "get", "smembers");
      // Beside the appends only what each node says of itself (it rings), and the cursors, which
      // are written behind: each of these looks twice.
      long written = calls.getOrDefault("hget", 0L) / 2;
      assertThat(calls.get("evalsha")).isBetween(50L, calls.getOrDefault("publish", 0L) + written);
    }
  }

  @Test
  void aConnectionThatIsIdleCostsRedisNothing() throws Exception {
    List<StompClient> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 30; i++) {
        StompClient phone = StompClient.connect(two().webSocket(), "idle" + i, "phone");
        phone.subscribe("0", "/user/queue/q", "client");
        idle.add(phone);
      }
      // Three probes of each node: six seconds. What other tests left behind may still end.
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> {
            Map<String, Long> before = redis().calls();
            Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> redis().callsSince(before).getOrDefault("publish", 0L) >= 6);
            Map<String, Long> calls = redis().callsSince(before);
            // A node's probes and lease, what it says of itself (a script that only rings), and
            // this test's own questions.
            calls.keySet().removeAll(Set.of("publish", "pexpire", "evalsha", "time"));
            calls.keySet().removeAll(Set.of("info", "hello", "client|setinfo"));
            assertThat(calls).isEmpty();
          });
    } finally {
      idle.forEach(StompClient::close);
    }
  }

  @Test
  void nothingIsLostThoughTheListeningConnectionIsKilledAgainAndAgain() throws Exception {
    try (Count count = new Count(one(), two(), "kim")) {
      for (int i = 0; i < 10; i++) {
        count.awaitMore(60);
        redis().ask(r -> r.clientKill(io.lettuce.core.KillArgs.Builder.typePubsub()));
      }
      count.end();
    }
  }

  @Test
  void nothingIsLostThoughRedisIsPausedAndForgetsItsScripts() throws Exception {
    try (Count count = new Count(one(), two(), "lea")) {
      count.awaitMore(100);
      redis().ask(r -> r.scriptFlush());
      count.awaitMore(100);
      redis().ask(r -> r.clientPause(1500));
      count.awaitMore(100);
      count.end();
    }
  }

  @Test
  void nothingIsLostThoughEveryConnectionIsCut() throws Exception {
    try (Count count = new Count(one(), two(), "max")) {
      for (int i = 0; i < 5; i++) {
        count.awaitMore(100);
        redis().ask(r -> r.clientKill(io.lettuce.core.KillArgs.Builder.typeNormal()));
      }
      count.end();
    }
  }

  @Test
  void nothingIsLostThoughRedisIsKilledAndClientsStay() throws Exception {
    try (Count count = new Count(one(), two(), "ned")) {
      count.awaitMore(100);
      redis().kill();
      awaitReadiness(one(), 503);
      awaitReadiness(two(), 503);
      HttpResponse<String> refused = one().push("/user/ned/queue/other", "1");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      redis().restart();
      awaitReadiness(one(), 200);
      awaitReadiness(two(), 200);
      count.awaitMore(100);
      count.end();
    }
  }

  @Test
  void nothingIsLostThoughANodeIsKilledUnderPushes() throws Exception {
    try (StompClient ghost = StompClient.connect(one().webSocket(), "ghost", "phone");
        Count count = new Count(one(), two(), "tom")) {
      Awaitility.await().until(() -> isOnline("ghost"));
      count.awaitMore(100);
      one().kill();
      assertThat(ghost.awaitClose()).isNotZero();
      count.awaitMore(100);
      one().restart();
      count.awaitMore(100);
      count.end();
      // As soon as the lease of the killed one is over.
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !isOnline("ghost"));
    }
  }

  /// The last one: what is left is one node.
  @Test
  @Order(Integer.MAX_VALUE)
  void aNodeThatGoesHandsItsClientsOverAndNothingIsLostOrDoubled() throws Exception {
    try (HandOver handOver = new HandOver(one(), two(), 10)) {
      handOver.awaitMore(50);
      one().terminate();
      awaitReadiness(one(), 503);
      handOver.awaitMoved();
      handOver.awaitMore(50);
      handOver.end();
    }
    one().awaitEnd();
    Awaitility.await().until(() -> !isOnline("mover0"));
  }

  private static boolean isOnline(String user) throws Exception {
    return two().get("/user/" + user, TestTokens.push()).body().contains("\"online\":true");
  }

  @Test
  void whoIsDisconnectedIsSoOnEveryNode() throws Exception {
    try (StompClient here = StompClient.connect(one().webSocket(), "zoe", "phone");
        StompClient there = StompClient.connect(two().webSocket(), "zoe", "laptop")) {
      assertThat(one().delete("/user/zoe/sessions", TestTokens.admin())).isEqualTo(204);

      assertThat(here.awaitClose()).isEqualTo(4403);
      assertThat(there.awaitClose()).isEqualTo(4403);
      Awaitility.await()
          .untilAsserted(() ->
              assertThat(two().get("/user/zoe", TestTokens.push()).body())
                  .contains("\"online\":false"));
    }
  }

  @Test
  @Timeout(60)
  void whatIsReadAgainIsAcknowledgedAtAnyNode() throws Exception {
    int entries = 300;
    String line = "{\"to\":\"/user/pia/queue/q\",\"body\":\"again\"}\n";
    HttpResponse<String> pushed =
        one().push("/messages", line.repeat(entries), "Content-Type", "application/x-ndjson");
    long last = JSON.readTree(pushed.body().lines().toList().getLast()).get("offset").longValue();
    acknowledge(one(), "pia", last);
    // Wider than a window, which the client empties only at the other node.
    HttpRequest again =
        HttpRequest.newBuilder(two().uri("/user/queue/q?device=tab&ack=client&after=0"))
            .header("Authorization", "Bearer " + TestTokens.user("pia"))
            .header("Accept", "text/event-stream")
            .build();
    try (HttpClient http = HttpClient.newHttpClient();
        Stream<String> stream = http.send(again, BodyHandlers.ofLines()).body()) {
      List<Long> offsets = new ArrayList<>();
      for (Iterator<String> lines = stream.iterator(); offsets.size() < entries; ) {
        String field = lines.next();
        if (field.startsWith("id: ")) {
          offsets.add(Long.parseLong(field.substring(4)));
          if (offsets.size() % 100 == 0) {
            acknowledge(one(), "pia", offsets.getLast());
          }
        }
      }

      assertThat(offsets).hasSize(entries).isSorted().doesNotHaveDuplicates().endsWith(last);
      http.shutdownNow();
    }
  }

  private static void acknowledge(Node node, String user, long offset) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(node.uri("/user/queue/q/ack"))
            .header("Authorization", "Bearer " + TestTokens.user(user))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"offset\":" + offset + ",\"device\":\"tab\"}"))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertThat(http.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(204);
    }
  }

  private static void awaitReadiness(Node node, int status) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> node.get("/actuator/health/readiness", TestTokens.push()).statusCode() == status);
  }

  private static Node one() {
    return Objects.requireNonNull(one);
  }

  private static Node two() {
    return Objects.requireNonNull(two);
  }

  private static RedisServer redis() {
    return Objects.requireNonNull(redis);
  }
}
