package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.testing.Interleavings;
import io.belfry.testing.Interleavings.Actor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Subscriptions send, somebody controls, and the socket ends its writes on a thread of its own.
class OutboxInterleavingTests {
  private static final int ROUNDS = 800;

  /// A socket that ends each write on the thread that calls [#serve], or at once.
  private static final class Socket implements Outbox.Wire<String> {
    final List<String> written = new ArrayList<>();
    private final boolean isQuick;
    private @Nullable Consumer<@Nullable Throwable> pending;
    private boolean overlaps;
    private boolean over;

    Socket(boolean isQuick) {
      this.isQuick = isQuick;
    }

    @Override
    public void write(List<String> frames, Consumer<@Nullable Throwable> done) {
      synchronized (this) {
        overlaps |= pending != null;
        written.addAll(frames);
        pending = isQuick && written.size() % 2 == 0 ? null : done;
        notifyAll();
        if (pending != null) {
          return;
        }
      }
      done.accept(null);
    }

    /// Ends writes until somebody says that it is over.
    void serve() throws InterruptedException {
      while (true) {
        Consumer<@Nullable Throwable> done;
        synchronized (this) {
          while (pending == null && !over) {
            wait();
          }
          done = pending;
          pending = null;
        }
        if (done == null) {
          return;
        }
        done.accept(null);
      }
    }

    synchronized void over() {
      over = true;
      notifyAll();
    }
  }

  /// Two subscriptions, what comes between, and the socket.
  private static class Sending implements Interleavings.Round {
    final Socket socket;
    final Outbox<String> outbox;
    private final Actor third;
    private final boolean reads;
    private final boolean[] sent = new boolean[2];
    private int left = 3;

    Sending(int round, Consumer<Outbox<String>> third) {
      this.socket = new Socket(round % 2 == 0);
      this.reads = round % 4 < 2;
      this.outbox = new Outbox<>(socket, () -> {});
      this.third = () -> third.accept(outbox);
    }

    @Override
    public List<Actor> actors() {
      return List.of(
          counted(() -> sent[0] = send("a1", "a2")),
          counted(() -> sent[1] = send("b")),
          counted(third),
          socket::serve);
    }

    private boolean send(String... frames) throws InterruptedException {
      try {
        return (!reads || outbox.awaitTurn()) && outbox.send(List.of(frames), frames.length);
      } finally {
        outbox.letNext();
      }
    }

    private Actor counted(Actor actor) {
      return () -> {
        actor.act();
        synchronized (this) {
          left--;
          if (left == 0) {
            socket.over();
          }
        }
      };
    }

    @Override
    public void check() {
      assertThat(socket.overlaps).as("two writes at once").isFalse();
      assertThat(socket.written).doesNotHaveDuplicates();
      if (sent[0]) {
        assertThat(socket.written).containsSubsequence("a1", "a2");
      }
      if (sent[1]) {
        assertThat(socket.written).contains("b");
      }
    }

    boolean bothSent() {
      return sent[0] && sent[1];
    }
  }

  @Test
  void whatIsSentIsWrittenOnceAndItsSenderComesBack() throws Exception {
    int[] round = {0};
    Interleavings.explore(
        ROUNDS,
        () ->
            new Sending(round[0]++, outbox -> outbox.control("c", 1)) {
              @Override
              public void check() {
                super.check();
                assertThat(bothSent()).isTrue();
                assertThat(socket.written).hasSize(4);
              }
            });
  }

  @Test
  void theGoodByeIsTheLastAndWhoWaitsIsLetGo() throws Exception {
    int[] round = {0};
    Interleavings.explore(
        ROUNDS,
        () ->
            new Sending(round[0]++, outbox -> outbox.finish(List.of("bye"), 3)) {
              @Override
              public void check() {
                super.check();
                assertThat(socket.written).endsWith("bye");
              }
            });
  }

  @Test
  void whoWaitsIsLetGoWhereItIsClosed() throws Exception {
    int[] round = {0};
    Interleavings.explore(
        ROUNDS,
        () ->
            new Sending(round[0]++, Outbox::close) {
              @Override
              public void check() {
                super.check();
                assertThat(outbox.isClosed()).isTrue();
                assertThat(outbox.waiting()).isZero();
              }
            });
  }
}
