package io.belfry.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.Answer;
import io.belfry.TestNode;
import io.belfry.core.delivery.Deliveries;
import io.belfry.transport.http.EventClient.Event;
import java.net.http.HttpClient.Version;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventsIT {
  @TempDir static Path data;
  static TestNode node;

  @BeforeAll
  static void start() {
    node =
        TestNode.start(
            data,
            "belfry.heartbeat=300ms",
            "belfry.inbox.max-messages=20",
            "belfry.delivery.window=3",
            "belfry.limits.connections-per-user=2",
            "belfry.allowed-origins=https://page.example",
            "server.http2.enabled=true");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void deliversTheBacklogAndThenWhatComes() throws Exception {
    long first = push("/user/ann/queue/q", "1");
    try (EventClient events = EventClient.open(node, "ann", "/user/queue/q?device=d")) {
      Event backlog = events.next();
      assertThat(backlog.offset()).isEqualTo(first);
      assertThat(backlog.id()).isEqualTo(Long.toString(first));
      long second = push("/user/ann/queue/q", "2");
      assertThat(events.next().offset()).isEqualTo(second);
      assertThat(events.response().statusCode()).isEqualTo(200);
      assertThat(events.header("Content-Type")).isEqualTo("text/event-stream");
      assertThat(events.header("Cache-Control")).isEqualTo("no-store");
      assertThat(events.header("X-Accel-Buffering")).isEqualTo("no");
      assertThat(events.other()).isEqualTo(":");
    }
    // Written is settled.
    await().until(() -> read("ann", "/user/queue/q?device=d").equals("[]"));
  }

  @Test
  void anOpenStreamHasItsStartSoNothingPushedAfterwardsIsMissed() throws Exception {
    push("/topic/start", "before");
    try (EventClient events = EventClient.open(node, "ben", "/topic/start")) {
      push("/topic/start", "after");
      assertThat(events.next().body()).isEqualTo("after");
    }
  }

  @Test
  void goesOnAfterTheLastIdWhichBeatsTheParameterWhichBeatsTheCursor() throws Exception {
    long first = push("/user/cat/queue/q", "1");
    long second = push("/user/cat/queue/q", "2");
    push("/user/cat/queue/q", "3");
    try (EventClient all = EventClient.open(node, "cat", "/user/queue/q")) {
      assertThat(all.bodies(3)).containsExactly("1", "2", "3");
    }
    String path = "/user/queue/q?after=" + first;
    try (EventClient after = EventClient.open(node, "cat", path)) {
      assertThat(after.bodies(2)).containsExactly("2", "3");
    }
    awaitGone("cat");
    try (EventClient last =
        EventClient.open(node, "cat", path, "Last-Event-ID", Long.toString(second))) {
      assertThat(last.next().body()).isEqualTo("3");
    }
    awaitGone("cat");
    try (EventClient cursor = EventClient.open(node, "cat", "/user/queue/q", "Last-Event-ID", "")) {
      push("/user/cat/queue/q", "4");
      assertThat(cursor.next().body()).isEqualTo("4");
    }
  }

  @Test
  void whereAcknowledgementsCountTheWindowHoldsAndAPostLetsMoreCome() throws Exception {
    String path = "/user/queue/q?device=d&ack=client";
    for (int i = 1; i <= 5; i++) {
      push("/user/dan/queue/q", "m" + i);
    }
    long third;
    try (EventClient events = EventClient.open(node, "dan", path)) {
      assertThat(events.bodies(2)).containsExactly("m1", "m2");
      third = events.next().offset();
      events.other(":");
      assertThat(events.hasEvent()).isFalse();
    }
    awaitGone("dan");
    try (EventClient again = EventClient.open(node, "dan", path)) {
      Event first = again.next();
      assertThat(first.body()).isEqualTo("m1");
      assertThat(first.data().get("redelivered").booleanValue()).isTrue();
      assertThat(again.bodies(2)).containsExactly("m2", "m3");
      assertThat(ack("dan", "/user/queue/q/ack", third, "d")).isEqualTo(204);
      Event fourth = again.next();
      assertThat(fourth.body()).isEqualTo("m4");
      assertThat(fourth.data().has("redelivered")).isFalse();
    }
  }

  @Test
  void whatIsReadAgainLeavesTheWindowByAPostToo() throws Exception {
    long last = 0;
    for (int i = 1; i <= 5; i++) {
      last = push("/user/eva/queue/q", "m" + i);
    }
    ack("eva", "/user/queue/q/ack", last, "d");
    try (EventClient events =
        EventClient.open(node, "eva", "/user/queue/q?device=d&ack=client&after=0")) {
      assertThat(events.bodies(2)).containsExactly("m1", "m2");
      assertThat(ack("eva", "/user/queue/q/ack", events.next().offset(), "d")).isEqualTo(204);
      assertThat(events.bodies(2)).containsExactly("m4", "m5");
    }
  }

  @Test
  void saysWhereTheLogHasAGap() throws Exception {
    long first = push("/user/fay/queue/q", "0");
    ack("fay", "/user/queue/q/ack", first, "d");
    for (int i = 1; i <= 25; i++) {
      push("/user/fay/queue/q", "m" + i);
    }
    try (EventClient events = EventClient.open(node, "fay", "/user/queue/q?device=d")) {
      Event next = events.next();
      assertThat(next.body()).isEqualTo("m6");
      assertThat(next.data().get("gap-after").longValue()).isEqualTo(first);
    }
  }

  @Test
  void whatHasNoPlaceInTheLogHasNoId() throws Exception {
    try (EventClient events = EventClient.open(node, "gus", "/user/queue/q")) {
      Answer passing =
          node.as("service", "push").header("TTL", "0").post("/user/gus/queue/q", "now");
      assertThat(passing.status()).isEqualTo(202);
      Event event = events.next();
      assertThat(event.id()).isEmpty();
      assertThat(event.data().get("offset").isNull()).isTrue();
      assertThat(event.body()).isEqualTo("now");
    }
  }

  @Test
  void isInPresenceWhileItStandsAndNotAfterwards() throws Exception {
    try (EventClient events = EventClient.open(node, "hal", "/user/queue/q?device=tv")) {
      events.other(":");
      Answer answer = node.as("service", "push").get("/user/hal");
      assertThat(answer.json().get("online").booleanValue()).isTrue();
      assertThat(answer.json().get("sessions").get(0).get("transport").stringValue())
          .isEqualTo("sse");
      assertThat(answer.json().get("sessions").get(0).get("device").stringValue()).isEqualTo("tv");
    }
    awaitGone("hal");
  }

  @Test
  void tooManyOfOneUserAreRefusedAndOthersAreNot() throws Exception {
    try (EventClient one = EventClient.open(node, "ida", "/topic/t");
        EventClient two = EventClient.open(node, "ida", "/topic/t");
        EventClient three = EventClient.open(node, "ida", "/topic/t");
        EventClient other = EventClient.open(node, "jim", "/topic/t")) {
      assertThat(List.of(one.response().statusCode(), two.response().statusCode()))
          .containsOnly(200);
      assertThat(three.response().statusCode()).isEqualTo(429);
      assertThat(three.header("Content-Type")).isEqualTo("application/problem+json");
      assertThat(three.header("Retry-After")).isNotEmpty();
      assertThat(three.header("Content-Length")).isNotEmpty();
      assertThat(other.response().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void anOperatorEndsIt() throws Exception {
    try (EventClient events = EventClient.open(node, "kim", "/user/queue/q")) {
      assertThat(node.as("root", "admin").delete("/user/kim/sessions").status()).isEqualTo(204);
      events.awaitEnd();
      assertThat(events.other(": ")).contains("operator");
    }
  }

  @Test
  void takesItsTokenFromTheAddressBecauseAnEventSourceSendsNoHeaders() throws Exception {
    String path = "/user/queue/q?access_token=" + node.token("lea", "");
    try (EventClient events = EventClient.open(node, "", path)) {
      push("/user/lea/queue/q", "1");
      assertThat(events.next().body()).isEqualTo("1");
    }
    assertThat(node.asNobody().get(path).status()).isEqualTo(401);
  }

  @Test
  void takesTwoTokensOfOneUser() throws Exception {
    String path = "/user/queue/q?access_token=" + node.token("mia", "push");
    try (EventClient events = EventClient.open(node, "mia", path)) {
      assertThat(events.response().statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/user/queue/q", "/user/queue/q?access_token=x", "/topic/t?access_token"})
  void nobodyIsRefused(String path) {
    try (EventClient events = EventClient.open(node, "", path)) {
      assertThat(events.response().statusCode()).isEqualTo(401);
      assertThat(events.header("WWW-Authenticate")).startsWith("Bearer");
      assertThat(events.header("Content-Type")).isEqualTo("application/problem+json");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/user/queue/q?after=x",
        "/user/queue/q?ack=maybe",
        "/user/queue/q?device=a%20b",
        "/user/queue/q?after=1&after=2",
        "/user/queue/q?device=a&device=b",
        "/user/queue/q?ack=client&ack=auto",
        "/user/queue/a%20b",
        "/topic/%2e%2e",
        "/user/queue/q?after=%ff%fe",
        "/topic/a%2fb",
        "/topic/a;b",
        "/topic;b/a",
        "/user/queue/q;",
      })
  void whatIsMalformedIsSaid(String path) {
    try (EventClient events = EventClient.open(node, "max", path)) {
      assertThat(events.response().statusCode()).isEqualTo(400);
    }
  }

  @Test
  void aLastEventIdThatIsNoOffsetIsNamed() throws Exception {
    try (EventClient events =
        EventClient.open(node, "max", "/user/queue/q?after=1", "Last-Event-ID", "x")) {
      assertThat(events.response().statusCode()).isEqualTo(400);
      assertThat(events.other("{")).contains("Last-Event-ID is an offset");
    }
  }

  @Test
  void allowedPagesOfOtherOriginsGetTheirHeaders() {
    try (EventClient mine =
            EventClient.open(node, "ned", "/topic/t", "Origin", "https://page.example");
        EventClient foreign =
            EventClient.open(node, "ned", "/topic/t", "Origin", "https://other.example")) {
      assertThat(mine.header("Access-Control-Allow-Origin")).isEqualTo("https://page.example");
      assertThat(foreign.response().statusCode()).isEqualTo(403);
    }
  }

  @Test
  void worksOverHttp2Too() throws Exception {
    try (EventClient events = EventClient.open(node, Version.HTTP_2, "oda", "/user/queue/q")) {
      assertThat(events.response().version()).isEqualTo(Version.HTTP_2);
      push("/user/oda/queue/q", "1");
      assertThat(events.next().body()).isEqualTo("1");
      events.other(":");
    }
    awaitGone("oda");
  }

  @Test
  void aStreamThatOneTransportAcknowledgedIsGoneOnTheOther() throws Exception {
    push("/user/pam/queue/q", "1");
    try (EventClient events = EventClient.open(node, "pam", "/user/queue/q?device=d")) {
      assertThat(events.next().body()).isEqualTo("1");
    }
    awaitGone("pam");
    assertThat(read("pam", "/user/queue/q?device=d")).isEqualTo("[]");
  }

  private static void awaitGone(String user) {
    await().until(() -> node.bean(Deliveries.class).connections().of(user).isEmpty());
  }

  private static long push(String path, String body) {
    Answer answer = node.as("service", "push").post(path, body);
    assertThat(answer.status()).isEqualTo(201);
    return answer.json().get("offset").longValue();
  }

  private static int ack(String user, String path, long offset, String device) {
    String body = "{\"offset\":" + offset + ",\"device\":\"" + device + "\"}";
    return node.as(user, "").post(path, body).status();
  }

  private static String read(String user, String path) {
    return node.as(user, "").get(path).text();
  }
}
