package io.belfry.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.Answer;
import io.belfry.RawConnection;
import io.belfry.TestNode;
import io.belfry.core.delivery.Connection;
import io.belfry.core.delivery.Connections;
import io.belfry.core.delivery.Deliveries;
import io.belfry.security.TokenSigner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.Environment;

class HardeningIT {
  private static final int MANY = 400;

  @TempDir Path data;

  @Test
  void whoGoesIsGoneAtOnceAndNotOnlyAtAHeartbeat() throws Exception {
    try (TestNode node = TestNode.start(data, "belfry.heartbeat=1m")) {
      Connections connections = node.bean(Deliveries.class).connections();
      try (EventClient events = EventClient.open(node, "ann", "/user/queue/q")) {
        await().until(() -> !connections.of("ann").isEmpty());
        assertThat(events.response().statusCode()).isEqualTo(200);
      }
      await().until(() -> connections.of("ann").isEmpty());
    }
  }

  @Test
  void whoDoesNotReadHoldsUpNobodyAndIsMissingNothingLater() throws Exception {
    try (TestNode node = TestNode.start(data, "belfry.heartbeat=200ms");
        RawConnection stalled = node.connect();
        EventClient reading = EventClient.open(node, "bob", "/topic/t")) {
      stalled.write(
          "GET /topic/t HTTP/1.1\r\nHost: localhost:"
              + node.port()
              + "\r\nAccept: text/event-stream\r\nAuthorization: Bearer "
              + node.token("amy", "")
              + "\r\n\r\n");
      assertThat(stalled.until('\n')).contains("200");
      String body = "x".repeat(60_000);
      for (int i = 0; i < MANY; i++) {
        push(node, body + i);
      }
      for (int i = 0; i < MANY; i++) {
        assertThat(reading.next().body()).endsWith("x" + i);
      }
      Deliveries deliveries = node.bean(Deliveries.class);
      assertThat(deliveries.counters().delivered()).isLessThan(2 * MANY);
      Connection slow = deliveries.connections().of("amy").iterator().next();
      assertThat(slow.takingNanos()).isNotNegative();

      for (int i = 0; i < MANY; i++) {
        String event = stalled.until('}');
        while (!event.contains("\"body\":\"")) {
          event = stalled.until('}');
        }
        assertThat(event).endsWith("x" + i + "\"");
      }
    }
  }

  @Test
  void anEventIsAWholeChunkBecauseSomeClientsWaitForItsEnd() throws Exception {
    try (TestNode node = TestNode.start(data, "belfry.heartbeat=1m");
        RawConnection events = node.connect()) {
      String head =
          "GET /topic/t HTTP/1.1\r\nHost: localhost:"
              + node.port()
              + "\r\nAuthorization: Bearer "
              + node.token("amy", "")
              + "\r\n";
      events.write(head + "Accept: text/event-stream\r\n\r\n");
      assertThat(events.until('\n')).contains("200");
      await().until(() -> events.until('\n').isBlank());
      assertThat(chunk(events)).isEqualTo(":\n\n");
      push(node, "1");
      assertThat(chunk(events)).contains("\"body\":\"1\"").endsWith("}\n\n");

      assertThat(node.as("root", "admin").delete("/user/amy/sessions").status()).isEqualTo(204);
      assertThat(chunk(events)).startsWith(": ");
      assertThat(chunk(events)).isEmpty();
      events.write(head + "\r\n");
      assertThat(events.read().text()).isEqualTo("[]");
    }
  }

  // All of it, its end too.
  private static String chunk(RawConnection events) {
    int size = Integer.parseInt(events.until('\n').strip(), 16);
    String text = new String(events.bytes(size), StandardCharsets.UTF_8);
    assertThat(events.bytes(2)).containsExactly('\r', '\n');
    return text;
  }

  @Test
  void aNodeThatGoesEndsItsStreamsAndSaysWhenToComeBack() throws Exception {
    TestNode node = TestNode.start(data, "belfry.drain=2s");
    try (EventClient events = EventClient.open(node, "amy", "/user/queue/q")) {
      Thread closing = Thread.ofVirtual().start(node::close);
      String retry = events.other("retry: ");
      assertThat(Integer.parseInt(retry.substring(7))).isBetween(200, 5_000);
      events.awaitEnd();
      closing.join();
    }
  }

  @Test
  void aNodeThatGoesAnswersHeldReads() throws Exception {
    TestNode node = TestNode.start(data, "belfry.drain=2s");
    CompletableFuture<Answer> held =
        CompletableFuture.supplyAsync(() -> node.as("amy", "").get("/user/queue/q?wait=60"));
    await().until(() -> node.bean(Deliveries.class).connections().count() == 1);
    Thread closing = Thread.ofVirtual().start(node::close);

    assertThat(held.join().text()).isEqualTo("[]");
    closing.join();
  }

  @Test
  void aStreamEndsWithItsToken() throws Exception {
    try (TestNode node = TestNode.start(data)) {
      TokenSigner signer = Objects.requireNonNull(TokenSigner.of(node.bean(Environment.class)));
      String token = signer.sign("amy", "", Duration.ofSeconds(5));
      String path = "/user/queue/q?access_token=" + token;
      try (EventClient events = EventClient.open(node, "", path)) {
        assertThat(events.response().statusCode()).isEqualTo(200);
        events.awaitEnd();
        assertThat(events.other(": ")).contains("token");
      }
    }
  }

  @Test
  void anAcknowledgementThatDoesNotComeIsATimeOut() {
    try (TestNode node = TestNode.start(data, "server.jetty.connection-idle-timeout=300ms");
        RawConnection slow = node.connect()) {
      slow.write(
          "POST /topic/t/ack HTTP/1.1\r\nHost: localhost:"
              + node.port()
              + "\r\nContent-Length: 12\r\nAuthorization: Bearer "
              + node.token("amy", "")
              + "\r\n\r\n{");

      Answer answer = slow.read();

      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.header("Connection")).isEqualTo("close");
      assertThat(answer.problem()).isNotEmpty();
    }
  }

  private static void push(TestNode node, String body) {
    assertThat(node.as("service", "push").post("/topic/t", body).status()).isEqualTo(201);
  }
}
