package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.belfry.core.log.Bell;
import io.belfry.core.log.Destination;
import io.belfry.core.log.SettableClock;
import io.belfry.core.log.StoreUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// What the committer does with operations that fail and that wait.
class CommitterTests {
  private static final Destination NEWS = new Destination.Topic("news");

  @TempDir Path directory;
  private Database database;
  private EmbeddedBells bells;
  private Committer committer;
  private final Counters counters = new Counters();
  private final AtomicBoolean broken = new AtomicBoolean();
  private Runnable surfacing = () -> {};

  @BeforeEach
  void open() throws Exception {
    database = new Database(directory);
    bells = new EmbeddedBells();
    committer =
        new Committer(
            database,
            Caffeine.newBuilder().build(),
            bells,
            new SettableClock(),
            counters,
            () -> {
              if (broken.get()) {
                throw new IllegalStateException("still broken");
              }
              database.reopen();
              surfacing.run();
            });
    committer.start();
  }

  @AfterEach
  void close() {
    committer.close();
    database.close();
  }

  @Test
  void whatCannotBeAppliedFailsAloneAndChangesNothing() throws Exception {
    List<CompletableFuture<Boolean>> good = new ArrayList<>();
    CompletableFuture<Boolean> bad;
    try (Gate gate = new Gate()) {
      good.add(committer.submit(put(1)));
      bad =
          committer.submit(changes -> {
            put(2).apply(changes);
            put(3).apply(changes);
            changes.ring(NEWS, new Bell.Removed(7));
            throw new DamagedDataException("a test's own");
          });
      good.add(committer.submit(put(3)));
      assertThat(gate).isNotNull();
    }

    for (CompletableFuture<Boolean> one : good) {
      assertThat(one.get(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThatThrownBy(bad::get).hasCauseInstanceOf(StoreUnavailableException.class);
    assertThat(database.get(Family.MARKS, key(1))).isNotNull();
    assertThat(database.get(Family.MARKS, key(2))).isNull();
    assertThat(database.get(Family.MARKS, key(3))).isNotNull();
    assertThat(committer.isUp()).isTrue();
  }

  @Test
  void whatGathersIsWrittenTogether() throws Exception {
    List<CompletableFuture<Boolean>> all = new ArrayList<>();
    try (Gate gate = new Gate()) {
      for (int i = 0; i < 100; i++) {
        all.add(committer.submit(put(i)));
      }
      assertThat(gate).isNotNull();
    }
    for (CompletableFuture<Boolean> one : all) {
      assertThat(one.get(10, TimeUnit.SECONDS)).isTrue();
    }

    assertThat(counters.commits()).isEqualTo(1);
    assertThat(counters.operations()).isEqualTo(101);
  }

  @Test
  void whatIsMadeForEachOfManyIsWrittenInPortionsButNotInMoreThanSixteen() {
    putEach(130);
    assertThat(counters.commits()).isEqualTo(3);

    putEach(2000);
    assertThat(counters.commits()).isEqualTo(3 + 16);
    assertThat(counters.operations()).isEqualTo(3 + 16);
  }

  @Test
  void bellsRingBeforeTheirAnswerAndOnlyOnceItIsDurable() throws Exception {
    List<String> order = new ArrayList<>();
    try (var _ =
        bells.listen(
            NEWS,
            bell -> {
              assertThat(database.get(Family.MARKS, key(1))).isNotNull();
              order.add("bell");
            })) {
      committer
          .submit(changes -> {
            put(1).apply(changes);
            changes.ring(NEWS, new Bell.Removed(7));
            return true;
          })
          .thenAccept(done -> order.add("answer"))
          .get(10, TimeUnit.SECONDS);
    }

    assertThat(order).containsExactly("bell", "answer");
  }

  @Test
  void aWriteThatFailsFailsAllOfItAndTheStoreComesBack() throws Exception {
    broken.set(true);
    CompletableFuture<Boolean> before;
    CompletableFuture<Boolean> after;
    List<Bell> heard = new ArrayList<>();
    try (var _ = bells.listen(NEWS, heard::add)) {
      try (Gate gate = new Gate()) {
        before =
            committer.submit(changes -> {
              changes.ring(NEWS, new Bell.Removed(7));
              return put(1).apply(changes);
            });
        // A range that ends before it starts is what RocksDB refuses to write.
        CompletableFuture<Boolean> culprit =
            committer.submit(changes -> {
              changes.deleteRange(Family.MARKS, new byte[] {9}, new byte[] {1});
              return true;
            });
        assertThat(culprit).isNotDone();
        after = committer.submit(put(2));
        assertThat(gate).isNotNull();
      }
      for (CompletableFuture<Boolean> one : List.of(before, after)) {
        assertThatThrownBy(() -> one.get(10, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(StoreUnavailableException.class);
      }
      assertThat(committer.isUp()).isFalse();
      assertThat(committer.submit(put(3))).isCompletedExceptionally();
      assertThat(heard).isEmpty();

      broken.set(false);
      Awaitility.await().atMost(Duration.ofSeconds(5)).until(committer::isUp);
      assertThat(committer.submit(put(4)).get(10, TimeUnit.SECONDS)).isTrue();
      assertThat(heard).containsExactly(new Bell.Look());
    }
    assertThat(database.get(Family.MARKS, key(1))).isNull();
    assertThat(database.get(Family.MARKS, key(3))).isNull();
    assertThat(database.get(Family.MARKS, key(4))).isNotNull();
  }

  @Test
  void aBatchThatFailedAndIsThereAllTheSameIsSeenAfterwards() throws Exception {
    assertThat(append(5).get(10, TimeUnit.SECONDS)).isEqualTo(5);
    surfacing =
        () -> {
          try (WriteBatch batch = new WriteBatch()) {
            byte[] head = LogMeta.NEW.appended(9, 9).encoded();
            batch.put(database.family(Family.LOGS), Keys.log(NEWS), head);
            database.write(batch);
          } catch (RocksDBException e) {
            throw new IllegalStateException(e);
          }
        };
    CompletableFuture<Boolean> culprit =
        committer.submit(changes -> {
          changes.deleteRange(Family.MARKS, new byte[] {9}, new byte[] {1});
          return true;
        });
    assertThatThrownBy(() -> culprit.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
    Awaitility.await().until(committer::isUp);

    assertThat(append(1).get(10, TimeUnit.SECONDS)).isEqualTo(10);
  }

  // One more entry, at this offset or after the last.
  private CompletableFuture<Long> append(long offset) {
    return committer.submit(changes -> {
      HotLog log = changes.log(NEWS);
      long next = Math.max(offset, log.meta().last() + 1);
      changes.log(log.with(log.meta().appended(next, next)));
      return next;
    });
  }

  @Test
  void whatWaitsForADiskThatDoesNotAnswerFails() throws Exception {
    CompletableFuture<Boolean> stuck;
    CompletableFuture<Boolean> behind;
    try (Gate gate = new Gate()) {
      stuck = gate.held;
      behind = committer.submit(put(1));
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> {
            committer.look();
            return !committer.isUp();
          });
      assertThat(stuck).isCompletedExceptionally();
      assertThat(behind).isCompletedExceptionally();
      assertThat(committer.submit(put(2))).isCompletedExceptionally();
    }
    Awaitility.await().until(committer::isUp);

    assertThat(committer.submit(put(3)).get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(database.get(Family.MARKS, key(1))).isNull();
  }

  @Test
  void whatIsTakenIsFinishedBeforeTheEnd() {
    List<CompletableFuture<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      all.add(committer.submit(put(i)));
    }
    committer.close();

    assertThat(all).allMatch(CompletableFuture::join);
    assertThat(committer.submit(put(1))).isCompletedExceptionally();
  }

  /// Holds the committer, so that what comes gathers.
  private final class Gate implements AutoCloseable {
    private final CountDownLatch open = new CountDownLatch(1);
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CompletableFuture<Boolean> held;

    Gate() throws InterruptedException {
      held =
          committer.submit(changes -> {
            reached.countDown();
            try {
              open.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return true;
          });
      assertThat(reached.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
      open.countDown();
    }
  }

  private static Operation<Boolean> put(int number) {
    return changes -> {
      changes.put(Family.MARKS, key(number), Keys.EMPTY);
      return true;
    };
  }

  private void putEach(int count) {
    committer.submitEach(
        IntStream.range(0, count).boxed().toList(),
        (changes, number) -> changes.put(Family.MARKS, key(number), new byte[1]));
  }

  private static byte[] key(int number) {
    return new ByteWriter(9).u8('z').i64(number).done();
  }
}
