package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.testing.Node;
import io.belfry.testing.StompClient;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/// Pushes on two nodes to a user whose subscriber is on the second, and counts.
final class Count implements AutoCloseable {
  private final String user;
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean over = new AtomicBoolean();
  private final StompClient phone;
  private final List<Thread> pushers;

  Count(Node one, Node two, String user) throws InterruptedException {
    this.user = user;
    phone = StompClient.connect(two.webSocket(), user, "phone");
    phone.subscribe("0", "/user/queue/q", "auto");
    pushers =
        IntStream.range(0, 4)
            .mapToObj(i -> Thread.ofVirtual().start(() -> push(i % 2 == 0 ? one : two, i)))
            .toList();
  }

  void awaitMore(int more) throws InterruptedException {
    phone.awaitMessages(phone.messages().size() + more);
  }

  /// Every accepted one arrives, once, in order, on the connection that was there all the time.
  void end() throws InterruptedException {
    over.set(true);
    for (Thread pusher : pushers) {
      pusher.join();
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> bodies().keySet().containsAll(accepted));
    Map<String, Integer> delivered = bodies();
    assertThat(phone.isClosed()).isFalse();
    assertThat(accepted).hasSizeGreaterThan(100);
    assertThat(delivered.values()).allMatch(times -> times == 1);
    assertThat(phone.messages())
        .extracting(StompClient.Frame::offset)
        .isSorted()
        .doesNotHaveDuplicates();
    System.out.printf(
        "%s: %d accepted, %d delivered, 0 lost, 0 doubled%n",
        user, accepted.size(), delivered.size());
  }

  private Map<String, Integer> bodies() {
    Map<String, Integer> bodies = new LinkedHashMap<>();
    phone.messages().forEach(message -> bodies.merge(message.body(), 1, Integer::sum));
    return bodies;
  }

  private void push(Node node, int pusher) {
    for (int i = 0; !over.get(); i++) {
      String body = "\"" + pusher + "-" + i + "\"";
      try {
        if (node.push("/user/" + user + "/queue/q", body).statusCode() == 201) {
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

  @Override
  public void close() {
    over.set(true);
    phone.close();
  }
}
