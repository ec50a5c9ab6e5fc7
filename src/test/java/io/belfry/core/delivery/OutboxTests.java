package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutboxTests {
  /// A socket that takes a write when the test says so.
  private static final class Socket implements Outbox.Wire<String> {
    final List<List<String>> writes = new ArrayList<>();
    private @Nullable Consumer<@Nullable Throwable> pending;
    private boolean takesAtOnce;

    @Override
    public synchronized void write(List<String> frames, Consumer<@Nullable Throwable> done) {
      writes.add(List.copyOf(frames));
      if (takesAtOnce) {
        done.accept(null);
      } else {
        pending = done;
      }
    }

    void take(@Nullable Throwable failure) {
      Consumer<@Nullable Throwable> done;
      synchronized (this) {
        done = pending;
        pending = null;
      }
      if (done != null) {
        done.accept(failure);
      }
    }

    synchronized int count() {
      return writes.size();
    }
  }

  private final Socket socket = new Socket();
  private final AtomicInteger overflows = new AtomicInteger();
  private final Outbox<String> outbox = new Outbox<>(socket, overflows::incrementAndGet);

  private final List<CompletableFuture<Boolean>> all = new ArrayList<>();

  private void begin(String frame, int bytes) {
    all.add(send(frame, bytes));
  }

  private CompletableFuture<Boolean> send(String frame, int bytes) {
    CompletableFuture<Boolean> sent = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            sent.complete(outbox.send(List.of(frame), bytes));
          } catch (InterruptedException interrupted) {
            sent.completeExceptionally(interrupted);
          }
        });
    return sent;
  }

  /// Has somebody wait for a turn to read, and then send what was found.
  private CompletableFuture<Boolean> read(@Nullable String found) {
    CompletableFuture<Boolean> read = new CompletableFuture<>();
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              try {
                boolean mayRead = outbox.awaitTurn();
                read.complete(mayRead && (found == null || outbox.send(List.of(found), 10)));
              } catch (InterruptedException interrupted) {
                read.completeExceptionally(interrupted);
              } finally {
                outbox.letNext();
              }
            });
    Awaitility.await().until(() -> reader.getState() == Thread.State.WAITING);
    return read;
  }

  /// Sends `frame` and waits until it is in the queue, behind what is there.
  private void queue(String frame, int bytes, int queued) {
    begin(frame, bytes);
    Awaitility.await().until(() -> outbox.waiting() == queued);
  }

  @Test
  void aSenderWaitsUntilItsWriteIsTaken() {
    CompletableFuture<Boolean> sent = send("a", 10);
    Awaitility.await().until(() -> socket.count() == 1);
    assertThat(sent).isNotDone();

    socket.take(null);

    assertThat(sent.join()).isTrue();
  }

  @Test
  void whatGathersWhileTheSocketIsBusyGoesIntoOneWriteControlFirst() {
    begin("a", 10);
    Awaitility.await().until(() -> socket.count() == 1);
    queue("b", 10, 1);
    queue("c", 10, 2);
    outbox.control("receipt", 10);

    socket.take(null);

    assertThat(socket.writes.getLast()).containsExactly("receipt", "b", "c");
  }

  @Test
  void aWriteIsAtMost64KilobytesOrOneTurn() {
    begin("a", 10);
    Awaitility.await().until(() -> socket.count() == 1);
    queue("large", 100_000, 1);
    queue("b", 60_000, 2);
    queue("c", 60_000, 3);

    socket.take(null);
    assertThat(socket.writes.getLast()).containsExactly("large");
    socket.take(null);
    assertThat(socket.writes.getLast()).containsExactly("b");
    socket.take(null);
    assertThat(socket.writes.getLast()).containsExactly("c");
  }

  @Test
  void aSocketThatTakesAtOnceNeedsNoThread() throws InterruptedException {
    socket.takesAtOnce = true;
    for (int i = 0; i < 10_000; i++) {
      assertThat(outbox.send(List.of("a"), 10)).isTrue();
    }
  }

  @Test
  void whoWaitsIsLetGoWhenTheConnectionCloses() {
    CompletableFuture<Boolean> underWay = send("a", 10);
    Awaitility.await().until(() -> socket.count() == 1);
    queue("b", 10, 1);

    outbox.close();

    assertThat(underWay.join()).isFalse();
    assertThat(all.getLast().join()).isFalse();
  }

  @Test
  void aWriteThatFailsClosesIt() {
    CompletableFuture<Boolean> sent = send("a", 10);
    Awaitility.await().until(() -> socket.count() == 1);

    socket.take(new IOException("reset"));

    assertThat(sent.join()).isFalse();
    assertThat(outbox.isClosed()).isTrue();
  }

  @Test
  void whoReadsWaitsUntilNothingIsBeingWritten() {
    begin("a", 10);
    Awaitility.await().until(() -> socket.count() == 1);
    CompletableFuture<Boolean> reader = read("b");
    queue("c", 10, 1);

    socket.take(null);
    assertThat(reader).isNotDone();
    socket.take(null);

    Awaitility.await().until(() -> socket.count() == 3);
    assertThat(socket.writes.getLast()).containsExactly("b");
  }

  @Test
  void whoReadsWaitsForWhoWasBefore() {
    begin("a", 10);
    Awaitility.await().until(() -> socket.count() == 1);
    CompletableFuture<Boolean> first = read("b");
    CompletableFuture<Boolean> second = read("c");

    socket.take(null);
    Awaitility.await().until(() -> socket.count() == 2);
    assertThat(socket.writes.getLast()).containsExactly("b");
    socket.take(null);

    assertThat(first.join()).isTrue();
    Awaitility.await().until(() -> socket.count() == 3);
    assertThat(socket.writes.getLast()).containsExactly("c");
    socket.take(null);
    assertThat(second.join()).isTrue();
  }

  @Test
  void whoHasReadNothingLetsTheNextOneRead() {
    begin("a", 10);
    Awaitility.await().until(() -> socket.count() == 1);
    CompletableFuture<Boolean> nothing = read(null);
    CompletableFuture<Boolean> something = read("c");

    socket.take(null);

    assertThat(nothing.join()).isTrue();
    Awaitility.await().until(() -> socket.count() == 2);
    socket.take(null);
    assertThat(something.join()).isTrue();
  }

  @Test
  void whoReadsIsLetGoWhenTheConnectionCloses() {
    begin("a", 10);
    Awaitility.await().until(() -> socket.count() == 1);
    CompletableFuture<Boolean> reader = read("b");

    outbox.close();

    assertThat(reader.join()).isFalse();
  }

  @Test
  void aClientThatDoesNotTakeItsControlFramesIsClosed() {
    for (int i = 0; i < 300 && overflows.get() == 0; i++) {
      outbox.control("receipt", 1024);
    }
    assertThat(overflows.get()).isPositive();
  }

  @Test
  void itsClockStandsWhileAWriteIsUnderWay() {
    begin("a", 10);
    Awaitility.await().until(() -> socket.count() == 1);
    long stands = outbox.takingNanos();
    Awaitility.await().until(() -> outbox.blockedNanos() > 20_000_000);
    assertThat(outbox.takingNanos()).isEqualTo(stands);

    socket.take(null);

    Awaitility.await().until(() -> outbox.takingNanos() > stands);
  }

  @Test
  void theLastFramesAreWrittenAndWhoWaitsIsLetGo() {
    CompletableFuture<Boolean> underWay = send("a", 10);
    Awaitility.await().until(() -> socket.count() == 1);
    queue("b", 10, 1);
    outbox.control("receipt", 10);

    outbox.finish(List.of("error", "close"), 10);

    assertThat(underWay.join()).isFalse();
    assertThat(all.getLast().join()).isFalse();
    outbox.control("late", 10);
    assertThat(send("late", 10).join()).isFalse();
    socket.take(null);
    socket.take(null);
    assertThat(socket.writes).containsExactly(List.of("a"), List.of("receipt", "error", "close"));
  }

  @Test
  void onlyTheFirstLastFramesCount() {
    outbox.finish(List.of("first"), 10);
    outbox.finish(List.of("second"), 10);

    socket.take(null);
    assertThat(socket.writes).containsExactly(List.of("first"));
  }

  @Test
  void itIsCrowdedWhileManyControlFramesWait() {
    CompletableFuture<Boolean> underWay = send("a", 10);
    Awaitility.await().until(() -> socket.count() == 1);
    outbox.control("b", 33 * 1024);
    assertThat(outbox.isCrowded()).isTrue();

    socket.take(null);

    assertThat(underWay.join()).isTrue();
    assertThat(outbox.isCrowded()).isFalse();
  }
}
