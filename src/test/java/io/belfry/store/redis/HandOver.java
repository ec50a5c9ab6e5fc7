package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.testing.Node;
import io.belfry.testing.StompClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;

/// Clients on one node that move to another when theirs goes, while somebody pushes to them.
final class HandOver implements AutoCloseable {
  private static final int GOING = 1012;

  private final Node to;
  private final List<Mover> movers = new ArrayList<>();
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean over = new AtomicBoolean();
  private final Thread pusher;

  /// One of them, before and after.
  private final class Mover {
    final String user;
    final StompClient before;
    final Thread moving;
    volatile StompClient after;
    volatile int code;
    volatile long closedNanos;

    Mover(Node from, String user) throws InterruptedException {
      this.user = user;
      before = StompClient.connect(from.webSocket(), user, "phone");
      before.subscribe("0", "/user/queue/q", "auto");
      after = before;
      moving = Thread.ofVirtual().start(this::move);
    }

    private void move() {
      try {
        code = before.awaitClose();
        closedNanos = System.nanoTime();
        StompClient next = StompClient.connect(to.webSocket(), user, "phone");
        next.subscribe("0", "/user/queue/q", "auto");
        after = next;
      } catch (InterruptedException over) {
        Thread.currentThread().interrupt();
      }
    }

    List<String> bodies() {
      List<StompClient.Frame> all = new ArrayList<>(before.messages());
      if (after != before) {
        all.addAll(after.messages());
      }
      return all.stream().map(StompClient.Frame::body).toList();
    }
  }

  HandOver(Node from, Node to, int clients) throws InterruptedException {
    this.to = to;
    for (int i = 0; i < clients; i++) {
      movers.add(new Mover(from, "mover" + i));
    }
    pusher = Thread.ofVirtual().start(this::push);
  }

  void awaitMore(int more) {
    int wanted = accepted.size() + more;
    await(() -> accepted.size() >= wanted);
  }

  /// Each was sent away in its turn, not all at once, and is back elsewhere.
  void awaitMoved() throws InterruptedException {
    for (Mover mover : movers) {
      mover.moving.join();
      assertThat(mover.code).isEqualTo(GOING);
    }
    List<Long> closes = movers.stream().map(mover -> mover.closedNanos).toList();
    assertThat(Duration.ofNanos(Collections.max(closes) - Collections.min(closes)))
        .isGreaterThan(Duration.ofMillis(500));
  }

  /// Every accepted one came, once, before or after.
  void end() throws InterruptedException {
    over.set(true);
    pusher.join();
    await(() -> delivered().containsAll(accepted));
    assertThat(delivered()).doesNotHaveDuplicates();
    System.out.printf(
        "hand-over of %d clients: %d accepted, %d delivered, 0 lost, 0 doubled%n",
        movers.size(), accepted.size(), delivered().size());
  }

  private List<String> delivered() {
    return movers.stream().flatMap(mover -> mover.bodies().stream()).toList();
  }

  private void push() {
    for (int i = 0; !over.get(); i++) {
      String user = "mover" + i % movers.size();
      String body = "\"" + i + "\"";
      try {
        if (to.push("/user/" + user + "/queue/q", body).statusCode() == 201) {
          accepted.add(body);
        }
      } catch (IOException defect) {
        throw new IllegalStateException("this node stays", defect);
      } catch (InterruptedException ended) {
        return;
      }
    }
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
  }

  @Override
  public void close() {
    over.set(true);
    movers.forEach(mover -> {
      mover.moving.interrupt();
      mover.before.close();
      mover.after.close();
    });
  }
}
