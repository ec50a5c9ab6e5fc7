package io.belfry.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.Answer;
import io.belfry.TestNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class BatchIT {
  @TempDir static Path data;
  static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(data, "belfry.limits.body=1KB", "belfry.inbox.max-messages=20000");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void answersEachLineInOrderAndABadOneFailsAlone() {
    String batch =
        """
        {"to":"/user/a/queue/q","body":{"n":1}}

        {"to":"/user/a/queue/q","body":"two","ttl":0}
        no json
        {"to":"/user/a/queue","body":""}
        {"to":"/topic/t","body":"x","idempotencyKey":"k"}\r
        {"to":"/topic/t","body":"x","idempotencyKey":"k"}
        \t
        {"to":"/topic/t","body":"y","idempotencyKey":"k"}
        {"to":"/topic/t","body":"%s"}
        {"to":"/topic/t","body":"x","ttl":-1}
        {"to":"/topic/t","body":"/w==","encoding":"base64"}\
        """
            .formatted("x".repeat(1025));

    Answer answer = batch(batch);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/x-ndjson");
    List<JsonNode> lines = answer.lines();
    assertThat(lines.stream().map(line -> line.get("status").intValue()))
        .containsExactly(201, 202, 400, 400, 201, 200, 422, 413, 400, 201);
    assertThat(lines.getFirst().propertyNames())
        .containsExactly("status", "id", "destination", "offset", "online");
    assertThat(lines.get(1).get("offset").isNull()).isTrue();
    assertThat(lines.get(2).propertyNames())
        .containsExactlyInAnyOrder("type", "title", "status", "detail");
    assertThat(lines.get(5).get("offset")).isEqualTo(lines.get(4).get("offset"));
    JsonNode entries = node.as("a", "").get("/topic/t?after=0").json();
    assertThat(entries.get(1).get("body").stringValue()).isEqualTo("/w==");
    assertThat(entries.get(1).get("encoding").stringValue()).isEqualTo("base64");
  }

  @Test
  void keepsTheOrderOfManyLines() {
    String batch =
        IntStream.range(0, 10_000)
            .mapToObj(n -> "{\"to\":\"/topic/many\",\"body\":" + n + "}\n")
            .collect(Collectors.joining());

    List<JsonNode> lines = batch(batch).lines();

    assertThat(lines).hasSize(10_000);
    assertThat(lines.stream().map(line -> line.get("offset").longValue())).isSorted();
    JsonNode last = node.as("s", "push").get("/topic/many/" + offset(lines.getLast())).json();
    assertThat(last.get("body").intValue()).isEqualTo(9_999);
  }

  @Test
  void anEmptyBatchHasAnEmptyAnswer() {
    Answer answer = batch("");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEmpty();
  }

  @Test
  void aBatchOverEightMegabytesAppendsNothing() {
    String line = "{\"to\":\"/topic/none\",\"body\":\"" + "x".repeat(1000) + "\"}\n";

    Answer answer = batch(line.repeat(9000));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.problem()).contains("8388608");
    assertThat(node.as("a", "").get("/topic/none?after=0").text()).isEqualTo("[]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "text/plain", "application/x-www-form-urlencoded"})
  void refusesAnotherContentType(String type) {
    Answer answer = node.as("s", "push").header("Content-Type", type).post("/messages", "{}");

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.header("Accept")).isEqualTo("application/x-ndjson");
    assertThat(answer.problem()).contains("application/x-ndjson");
  }

  @Test
  void needsATokenWithTheScope() {
    assertThat(node.asNobody().post("/messages", "{}").status()).isEqualTo(401);
    assertThat(node.as("a", "").post("/messages", "{}").status()).isEqualTo(403);
  }

  private static Answer batch(String lines) {
    return node.as("s", "push")
        .header("Content-Type", "application/x-ndjson; charset=utf-8")
        .post("/messages", lines);
  }

  private static long offset(JsonNode line) {
    return line.get("offset").longValue();
  }
}
