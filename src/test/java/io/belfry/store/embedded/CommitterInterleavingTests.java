package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.belfry.core.log.Bell;
import io.belfry.core.log.Destination;
import io.belfry.core.log.SettableClock;
import io.belfry.testing.Interleavings;
import io.belfry.testing.Interleavings.Actor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two threads submit while the committer writes what has gathered, and while it is closed.
class CommitterInterleavingTests {
  private static final Destination NEWS = new Destination.Topic("news");
  private static final int ROUNDS = 60;
  private static final int SUBMITS = 20;

  @TempDir Path directory;
  private Database database;
  private final AtomicInteger numbers = new AtomicInteger();

  @BeforeEach
  void open() throws Exception {
    database = new Database(directory);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private final class Submitting implements Interleavings.Round {
    private final EmbeddedBells bells = new EmbeddedBells();
    private final Committer committer =
        new Committer(
            database,
            Caffeine.newBuilder().build(),
            bells,
            new SettableClock(),
            new Counters(),
            () -> {});
    private final ConcurrentLinkedQueue<CompletableFuture<Integer>> all =
        new ConcurrentLinkedQueue<>();
    private final List<Long> rung = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> applied = Collections.synchronizedList(new ArrayList<>());

    Submitting() {
      bells.listen(NEWS, bell -> rung.add(((Bell.Removed) bell).offset()));
      committer.start();
    }

    @Override
    public List<Actor> actors() {
      return List.of(this::submit, this::submit, this::end);
    }

    private void submit() {
      for (int i = 0; i < SUBMITS; i++) {
        int number = numbers.incrementAndGet();
        all.add(
            committer.submit(changes -> {
              changes.put(Family.MARKS, key(number), Keys.EMPTY);
              changes.ring(NEWS, new Bell.Removed(number));
              applied.add((long) number);
              return number;
            }));
      }
    }

    private void end() throws Exception {
      committer.submit(changes -> 0).get(30, TimeUnit.SECONDS);
      committer.look();
      committer.close();
    }

    @Override
    public void check() throws Exception {
      int succeeded = 0;
      for (CompletableFuture<Integer> each : all) {
        assertThat(each).as("it has ended, one way or the other").isDone();
        if (!each.isCompletedExceptionally()) {
          succeeded++;
          assertThat(database.get(Family.MARKS, key(each.join()))).as("it is durable").isNotNull();
        }
      }
      assertThat(rung).as("in the order of the writes").isEqualTo(applied).hasSize(succeeded);
    }
  }

  @Test
  void whatIsSubmittedIsDurableAndRungInOrderOrFails() throws Exception {
    Interleavings.explore(ROUNDS, Submitting::new);
  }

  private static byte[] key(int number) {
    return new ByteWriter(9).u8('z').i64(number).done();
  }
}
