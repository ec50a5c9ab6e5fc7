package io.belfry.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.Answer;
import io.belfry.RawConnection;
import io.belfry.TestNode;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Store;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ReadIT {
  @TempDir static Path data;
  static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(data, "belfry.inbox.max-messages=20", "belfry.limits.body=512KB");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void readsWhatIsAfterAnOffset() {
    long first = push("/user/ann/queue/q", "1");
    push("/user/ann/queue/q", "2");
    push("/user/ann/queue/q", "3");

    assertThat(bodies(read("ann", "/user/queue/q?after=0"))).containsExactly("1", "2", "3");
    assertThat(bodies(read("ann", "/user/queue/q?after=" + first))).containsExactly("2", "3");
    assertThat(bodies(read("ann", "/user/queue/q?after=0&limit=2"))).containsExactly("1", "2");
    assertThat(read("ann", "/user/queue/q?after=999999999999999999").text()).isEqualTo("[]");
    assertThat(read("ann", "/user/queue/q?after=99999999999999999999").text()).isEqualTo("[]");
    assertThat(read("ann", "/user/queue/empty").text()).isEqualTo("[]");
    assertThat(read("ben", "/user/queue/q?after=0").text()).isEqualTo("[]");
  }

  @Test
  void readsAfterTheCursorOfTheDeviceAndAcknowledgesNothing() {
    long first = push("/user/cat/queue/q", "1");
    push("/user/cat/queue/q", "2");

    assertThat(bodies(read("cat", "/user/queue/q?device=d1"))).containsExactly("1", "2");
    assertThat(bodies(read("cat", "/user/queue/q?device=d1"))).containsExactly("1", "2");
    assertThat(ack("cat", "/user/queue/q/ack", "{\"offset\":" + first + ",\"device\":\"d1\"}"))
        .isEqualTo(204);
    assertThat(bodies(read("cat", "/user/queue/q?device=d1"))).containsExactly("2");
    // A device that was never seen starts at the highest cursor of the user's devices.
    assertThat(bodies(read("cat", "/user/queue/q?device=d2"))).containsExactly("2");
  }

  @Test
  void leavesOutWhatIsSettledBeyondTheCursorAndSaysWhatWasSentBefore() {
    Destination queue = new Destination.Queue("liz", "q");
    long first = push("/user/liz/queue/q", "1");
    long second = push("/user/liz/queue/q", "2");
    push("/user/liz/queue/q", "3");
    SortedSet<Long> beyond = new TreeSet<>(List.of(second));
    CursorState state = new CursorState(0, beyond, second, new TreeMap<>());
    node.bean(Store.class).cursors().merge(Map.of(new CursorKey(queue, "liz", "d"), state));

    JsonNode entries = read("liz", "/user/queue/q?device=d").json();

    assertThat(entries).hasSize(2);
    assertThat(entries.get(0).get("offset").longValue()).isEqualTo(first);
    assertThat(entries.get(0).get("redelivered").booleanValue()).isTrue();
    assertThat(entries.get(1).get("body").stringValue()).isEqualTo("3");
    assertThat(entries.get(1).has("redelivered")).isFalse();
  }

  @Test
  void aReadFixesTheStartOfADeviceOnATopic() {
    push("/topic/start", "before");
    assertThat(read("dan", "/topic/start").text()).isEqualTo("[]");
    push("/topic/start", "after");

    assertThat(bodies(read("dan", "/topic/start"))).containsExactly("after");
    assertThat(bodies(read("dan", "/topic/start?device="))).containsExactly("after");
    assertThat(read("eve", "/topic/start").text()).isEqualTo("[]");
    assertThat(bodies(read("eve", "/topic/start?after=0"))).containsExactly("before", "after");
  }

  @Test
  void acknowledgesATopicUpToItsLastEntryAtMost() {
    read("fay", "/topic/acks");
    push("/topic/acks", "1");

    assertThat(ack("fay", "/topic/acks/ack", "{\"offset\":9007199254740991,\"more\":1}"))
        .isEqualTo(204);
    assertThat(read("fay", "/topic/acks").text()).isEqualTo("[]");
    push("/topic/acks", "2");
    assertThat(bodies(read("fay", "/topic/acks"))).containsExactly("2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "[]",
        "{}",
        "{\"offset\":\"1\"}",
        "{\"offset\":-1}",
        "{\"offset\":1.5}",
        "{\"offset\":1e30}",
        "{\"offset\":1,\"device\":1}",
        "{\"offset\":1,\"device\":\"a b\"}",
      })
  void refusesAnAcknowledgementThatIsNone(String body) {
    Answer answer = node.as("ann", "").post("/user/queue/q/ack", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x\r\n", "FFFFFFFFFFFFFFFFFF\r\n"})
  void refusesAnAcknowledgementWhoseChunksAreNone(String chunk) {
    try (RawConnection connection = node.connect()) {
      connection.write(
          "POST /user/queue/q/ack HTTP/1.1\r\nHost: localhost:"
              + node.port()
              + "\r\nTransfer-Encoding: chunked\r\nAuthorization: Bearer "
              + node.token("ann", "")
              + "\r\n\r\n"
              + chunk);

      Answer answer = connection.read();

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.problem()).isNotEmpty();
    }
  }

  @Test
  void refusesAnAcknowledgementThatIsTooLarge() {
    assertThat(ack("ann", "/user/queue/q/ack", "{\"offset\":1,\"x\":\"" + "x".repeat(5000) + "\"}"))
        .isEqualTo(413);
  }

  @Test
  void speaksOfAGapOnceAndOnlyWhereItIs() {
    for (int n = 0; n < 25; n++) {
      push("/user/gus/queue/q", "" + n);
    }

    JsonNode entries = read("gus", "/user/queue/q?after=1").json();

    assertThat(entries).hasSize(20);
    assertThat(entries.get(0).get("gap-after").longValue()).isEqualTo(1);
    assertThat(entries.get(0).get("body").stringValue()).isEqualTo("5");
    assertThat(entries.get(1).has("gap-after")).isFalse();
    long fifth = entries.get(4).get("offset").longValue();
    assertThat(read("gus", "/user/queue/q?after=" + fifth).text()).doesNotContain("gap-after");
    assertThat(read("gus", "/user/queue/q").text()).doesNotContain("gap-after");
    assertThat(look("/user/gus/queue/q")).doesNotContain("gap-after");
    assertThat(look("/user/gus/queue/q?after=1")).contains("gap-after\":1}");
  }

  @Test
  void readsManyLargeEntries() {
    String large = "x".repeat(400_000);
    for (int n = 0; n < 20; n++) {
      push("/user/hal/queue/q", n + large);
    }

    List<String> bodies = bodies(read("hal", "/user/queue/q?limit=1000"));

    assertThat(bodies).hasSize(20);
    assertThat(bodies.getLast()).isEqualTo(19 + large);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/user/queue/q?limit=0",
        "/user/queue/q?limit=-1",
        "/user/queue/q?limit=x",
        "/user/queue/q?after=x",
        "/user/queue/q?after=-1",
        "/user/queue/q?after=1.5",
        "/user/queue/q?device=a%20b",
        "/user/queue/a%20b",
        "/topic/a%20b",
      })
  void refusesAParameterThatIsWrong(String path) {
    Answer answer = read("ann", path);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).isNotEmpty();
  }

  @Test
  void givesAsManyAsThereAreToHave() {
    push("/user/ida/queue/q", "1");

    assertThat(read("ida", "/user/queue/q?after=&limit=5000&unknown=1").json()).hasSize(1);
  }

  @Test
  void isForWhoHasAToken() {
    assertThat(node.asNobody().get("/user/queue/q").status()).isEqualTo(401);
    assertThat(node.asNobody().get("/topic/t").status()).isEqualTo(401);
    assertThat(node.asNobody().post("/user/queue/q/ack", "{\"offset\":1}").status()).isEqualTo(401);
    assertThat(node.as("ann", "").get("/user/ben/queue/q").status()).isEqualTo(403);
    assertThat(node.as("ann", "").get("/user/ann/queue/q").status()).isEqualTo(403);
    assertThat(node.as("ann", "").get("/topic/t/1").status()).isEqualTo(403);
    assertThat(node.as("ann", "").delete("/topic/t/1").status()).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource({
    "PUT,/user/queue/q,'GET'",
    "DELETE,/topic/t/1/2,''",
    "PUT,/user/queue/q/ack,POST",
    "POST,/topic/t/1,'GET'",
    "GET,/topic/t/ack,POST"
  })
  void saysWhatOtherMethodsThereAre(String method, String path, String allowed) {
    Answer answer = node.as("s", "admin").send(method, path, BodyPublishers.noBody());

    assertThat(answer.status()).isEqualTo(allowed.isEmpty() ? 404 : 405);
    assertThat(answer.header("Allow")).contains(allowed);
    assertThat(answer.problem()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({"/user/queue/q,GET", "/user/queue/q/ack,POST"})
  void saysWithoutATokenWhichMethodsThereAre(String path, String allowed) {
    Answer answer = node.asNobody().send("OPTIONS", path, BodyPublishers.noBody());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Allow")).contains(allowed);
  }

  @Test
  void answersHeadLikeGetWithoutABody() {
    Answer answer = node.as("ann", "").send("HEAD", "/topic/t", BodyPublishers.noBody());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).startsWith("application/json");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void refusesToWriteAnotherMediaType() {
    Answer answer = node.as("ann", "").header("Accept", "text/html").get("/topic/t");

    assertThat(answer.status()).isEqualTo(406);
    assertThat(answer.problem()).isNotEmpty();
  }

  private static long push(String destination, String body) {
    Answer answer = node.as("service", "push").post(destination, body);
    return answer.json().get("offset").longValue();
  }

  private static Answer read(String user, String path) {
    return node.as(user, "").get(path);
  }

  private static String look(String path) {
    return node.as("boss", "admin").get(path).text();
  }

  private static int ack(String user, String path, String body) {
    return node.as(user, "").header("Content-Type", "application/json").post(path, body).status();
  }

  private static List<String> bodies(Answer answer) {
    return answer.json().valueStream().map(entry -> entry.get("body").stringValue()).toList();
  }
}
