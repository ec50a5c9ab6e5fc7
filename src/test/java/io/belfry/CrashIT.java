package io.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.testing.Node;
import io.belfry.testing.StompClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants 1 and 4 across `kill -9` of a real process.
class CrashIT {
  private static final String QUEUE = "/user/alice/queue/notifications";
  private static final int KILLS = 3;
  private static final int PUSHERS = 4;

  @TempDir Path directory;

  @Test
  void whatWasAcceptedIsDeliveredThoughTheNodeIsKilledUnderPushes() throws Exception {
    Random random = new Random(7);
    Set<String> accepted = ConcurrentHashMap.newKeySet();
    Set<String> received = new LinkedHashSet<>();
    AtomicBoolean over = new AtomicBoolean();
    try (Node node = Node.start(directory, "--belfry.inbox.max-messages=1000000")) {
      StompClient.connect(node.webSocket(), "alice", "phone").close();
      List<Thread> pushers =
          IntStream.range(0, PUSHERS)
              .mapToObj(i -> Thread.ofVirtual().start(() -> push(node, "p" + i, accepted, over)))
              .toList();
      for (int kill = 0; kill < KILLS; kill++) {
        listen(node, received, 200 + random.nextInt(400));
        node.kill();
        node.restart();
      }
      over.set(true);
      for (Thread pusher : pushers) {
        pusher.join();
      }
      try (StompClient phone = StompClient.connect(node.webSocket(), "alice", "phone")) {
        phone.subscribe("0", "/user/queue/notifications", "client");
        awaitAll(phone, accepted, received);
        phone.disconnect();
      }
      assertThat(accepted).hasSizeGreaterThan(100);
      assertThat(received).containsAll(accepted);

      try (StompClient phone = StompClient.connect(node.webSocket(), "alice", "phone")) {
        phone.subscribe("0", "/user/queue/notifications", "client");
        node.push(QUEUE, "\"last\"");
        assertThat(phone.awaitMessages(1).getFirst().body()).isEqualTo("\"last\"");
      }
    }
  }

  private static void push(Node node, String name, Set<String> accepted, AtomicBoolean over) {
    for (int i = 0; !over.get(); i++) {
      String body = "\"" + name + "-" + i + "\"";
      try {
        HttpResponse<String> answer = node.push(QUEUE, body);
        if (answer.statusCode() == 201) {
          accepted.add(body);
        }
      } catch (IOException away) {
        // Not accepted: the node is just being killed.
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  // Takes and acknowledges until there are so many more; the acknowledgements are then left to
  // luck.
  private static void listen(Node node, Set<String> received, int count) throws Exception {
    try (StompClient phone = StompClient.connect(node.webSocket(), "alice", "phone")) {
      phone.subscribe("0", "/user/queue/notifications", "client");
      int seen = 0;
      while (seen < count) {
        List<StompClient.Frame> messages = phone.awaitMessages(seen + 1);
        for (; seen < messages.size(); seen++) {
          received.add(messages.get(seen).body());
          phone.ack(messages.get(seen));
        }
      }
      assertOrdered(phone.messages());
    }
  }

  private static void awaitAll(StompClient phone, Set<String> accepted, Set<String> received)
      throws InterruptedException {
    int seen = 0;
    while (!received.containsAll(accepted)) {
      List<StompClient.Frame> messages = phone.awaitMessages(seen + 1);
      for (; seen < messages.size(); seen++) {
        received.add(messages.get(seen).body());
        phone.ack(messages.get(seen));
      }
    }
  }

  private static void assertOrdered(List<StompClient.Frame> messages) {
    assertThat(messages).extracting(StompClient.Frame::offset).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void aKeyThatIsPushedAgainAfterACrashAppendsOnce() throws Exception {
    try (Node node = Node.start(directory)) {
      HttpResponse<String> first = node.push(QUEUE, "{\"n\":1}", "Idempotency-Key", "k1");
      node.kill();
      node.restart();
      HttpResponse<String> again = node.push(QUEUE, "{\"n\":1}", "Idempotency-Key", "k1");

      assertThat(first.statusCode()).isEqualTo(201);
      assertThat(again.statusCode()).isEqualTo(200);
      assertThat(again.body()).isEqualTo(first.body());
      assertThat(node.push(QUEUE, "{\"n\":2}", "Idempotency-Key", "k1").statusCode())
          .isEqualTo(422);
    }
  }

  @Test
  void whatWasAcknowledgedAndSaidGoodbyeToStaysAcknowledged() throws Exception {
    try (Node node = Node.start(directory)) {
      node.push(QUEUE, "1");
      node.push(QUEUE, "2");
      try (StompClient phone = StompClient.connect(node.webSocket(), "alice", "phone")) {
        phone.subscribe("0", "/user/queue/notifications", "client-individual");
        phone.ack(phone.awaitMessages(2).get(1));
        phone.disconnect();
      }
      node.kill();
      node.restart();
      try (StompClient phone = StompClient.connect(node.webSocket(), "alice", "phone")) {
        phone.subscribe("0", "/user/queue/notifications", "client-individual");
        node.push(QUEUE, "3");
        List<StompClient.Frame> messages = phone.awaitMessages(2);
        assertThat(messages).extracting(StompClient.Frame::body).containsExactly("1", "3");
        assertThat(messages.getFirst().header("redelivered")).isEqualTo("true");
      }
    }
  }
}
