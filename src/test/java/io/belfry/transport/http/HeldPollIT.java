package io.belfry.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.Answer;
import io.belfry.RawConnection;
import io.belfry.TestNode;
import io.belfry.core.delivery.Deliveries;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.DeadLetter;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeldPollIT {
  @TempDir static Path data;
  static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(data, "belfry.limits.connections-per-user=1");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void answersAtOnceWhereThereIsSomething() {
    push("/user/ann/queue/q", "1");

    assertThat(get("ann", "/user/queue/q?wait=60").text()).contains("\"body\":\"1\"");
  }

  @Test
  void isHeldUntilSomethingComesAndAcknowledgesNothing() {
    CompletableFuture<Answer> held = hold("ben", "/user/queue/q?device=d&wait=60");

    push("/user/ben/queue/q", "1");

    assertThat(held.join().json().get(0).get("body").stringValue()).isEqualTo("1");
    Answer again = get("ben", "/user/queue/q?device=d");
    assertThat(again.json().get(0).get("body").stringValue()).isEqualTo("1");
    assertThat(again.json().get(0).has("redelivered")).isFalse();
    awaitGone("ben");
  }

  @Test
  void isHeldForATopicAndAfterAnOffsetToo() {
    long first = push("/topic/t", "1");
    CompletableFuture<Answer> held = hold("cat", "/topic/t?wait=60&after=" + first);

    push("/topic/t", "2");

    assertThat(held.join().json()).hasSize(1);
    assertThat(held.join().json().get(0).get("body").stringValue()).isEqualTo("2");
  }

  @Test
  void anOffsetBeyondTheLastCountsAsTheLast() {
    CompletableFuture<Answer> held = hold("eve", "/user/queue/q?wait=60&after=99999999999999999");

    push("/user/eve/queue/q", "1");

    assertThat(held.join().json()).hasSize(1);
  }

  @Test
  void isThereForPassingMessages() {
    CompletableFuture<Answer> held = hold("dan", "/user/queue/q?wait=60");

    node.as("service", "push").header("TTL", "0").post("/user/dan/queue/q", "now");

    assertThat(held.join().json().get(0).get("body").stringValue()).isEqualTo("now");
    assertThat(held.join().json().get(0).get("offset").isNull()).isTrue();
  }

  @Test
  void answersNothingOnceTheTimeIsOver() {
    assertThat(get("eva", "/user/queue/q?wait=1").text()).isEqualTo("[]");
  }

  @Test
  void whatTheDeviceHasSettledIsNoReasonToAnswer() {
    long first = push("/user/fay/queue/q", "1");
    node.as("fay", "").post("/user/queue/q/ack", "{\"offset\":" + first + "}");
    CompletableFuture<Answer> held = hold("fay", "/user/queue/q?wait=60");

    push("/user/fay/queue/q", "2");

    assertThat(held.join().json()).hasSize(1);
  }

  @Test
  void countsAsAConnectionWhileItIsHeld() {
    CompletableFuture<Answer> held = hold("gus", "/user/queue/q?wait=60");

    Answer presence = node.as("service", "push").get("/user/gus");
    Answer second = get("gus", "/user/queue/other?wait=60");
    node.as("root", "admin").delete("/user/gus/sessions");

    assertThat(presence.json().get("sessions").get(0).get("transport").stringValue())
        .isEqualTo("poll");
    assertThat(second.status()).isEqualTo(429);
    assertThat(second.header("Retry-After")).isNotEmpty();
    assertThat(held.join().text()).isEqualTo("[]");
    awaitGone("gus");
  }

  @Test
  void leavesADeadLetterThatIsDeliveredOnceMoreToWhoCanTakeIt() {
    Store store = node.bean(Store.class);
    CursorKey key = new CursorKey(new Destination.Queue("lea", "q"), "lea", "d");
    long first = push("/user/lea/queue/q", "1");
    Entry entry = Objects.requireNonNull(store.logs().entry(key.destination(), first));
    store.deadLetters().add(new DeadLetter(0, key, 5, "refused 5 times", entry));
    node.as("lea", "").post("/user/queue/q/ack", "{\"offset\":" + first + ",\"device\":\"d\"}");
    int feeds = node.bean(Deliveries.class).feedCount();
    CompletableFuture<Answer> held = hold("lea", "/user/queue/q?device=d&wait=60");
    await().until(() -> node.bean(Deliveries.class).feedCount() > feeds);

    long letter = store.deadLetters().after(0, 1).getFirst().offset();
    node.as("root", "admin").post("/dead-letters/" + letter + "/redeliver", "");
    push("/user/lea/queue/q", "2");

    assertThat(held.join().json()).hasSize(1);
    node.bean(Deliveries.class).cursors().flush().join();
    assertThat(store.deadLetters().redeliveries(key)).containsExactly(first);
  }

  @Test
  void whoGoesIsNoMoreOnline() {
    try (RawConnection client = node.connect()) {
      client.write(request("ian", "/user/queue/q?wait=60"));
      await().until(() -> !node.bean(Deliveries.class).connections().of("ian").isEmpty());
    }
    awaitGone("ian");
  }

  @Test
  void theConnectionCanBeUsedAgain() {
    try (RawConnection client = node.connect()) {
      for (int i = 0; i < 3; i++) {
        client.write(request("jan", "/user/queue/q?wait=1"));
        assertThat(client.read().text()).isEqualTo("[]");
      }
    }
  }

  @Test
  void whoAsksForMoreMeanwhileIsToldToAskAgain() {
    try (RawConnection client = node.connect()) {
      client.write(request("kim", "/user/queue/q?wait=60"));
      await().until(() -> !node.bean(Deliveries.class).connections().of("kim").isEmpty());
      client.write(request("kim", "/topic/none"));
      push("/user/kim/queue/q", "1");
      Answer answer = client.read();
      assertThat(answer.text()).contains("\"1\"");
      if (answer.header("Connection").equals("close")) {
        assertThat(client.isAtEnd()).isTrue();
      } else {
        assertThat(client.read().text()).isEqualTo("[]");
      }
    }
  }

  private static String request(String user, String path) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
        + node.token(user, "")
        + "\r\n\r\n";
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "1.5", "1&wait=2"})
  void whatIsNoTimeIsRefused(String wait) {
    assertThat(get("hal", "/user/queue/q?wait=" + wait).problem()).contains("wait");
  }

  @ParameterizedTest
  @ValueSource(strings = {"61", "9999999999", "99999999999999999999"})
  void moreThanTheLongestTimeCountsAsThat(String wait) {
    assertThat(HeldPoll.patience(wait)).isEqualTo(Duration.ofSeconds(60));
  }

  private static CompletableFuture<Answer> hold(String user, String path) {
    CompletableFuture<Answer> held =
        CompletableFuture.supplyAsync(
            () -> get(user, path), Executors.newVirtualThreadPerTaskExecutor());
    await().until(() -> !node.bean(Deliveries.class).connections().of(user).isEmpty());
    return held;
  }

  private static void awaitGone(String user) {
    await().until(() -> node.bean(Deliveries.class).connections().of(user).isEmpty());
  }

  private static Answer get(String user, String path) {
    return node.as(user, "").get(path);
  }

  private static long push(String path, String body) {
    Answer answer = node.as("service", "push").post(path, body);
    assertThat(answer.status()).isEqualTo(201);
    return answer.json().get("offset").longValue();
  }
}
