package io.belfry.testing;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Looks for interleavings that break something, in the manner of jcstress: a few actors begin at
/// the same moment on state of their own, each a random while late, and when all have ended the
/// outcome has to be one of those that are allowed; a few thousand times over.
///
/// `-Dinterleavings.times=100` looks a hundred times as long.
public final class Interleavings {
  private static final int TIMES = Integer.getInteger("interleavings.times", 1);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int SPINS = 200;
  private static final int MAX_LATE_BITS = 8;

  private Interleavings() {}

  /// One round: fresh state, and who works on it.
  public interface Round {
    /// Always as many.
    List<Actor> actors();

    /// Fails where what they left behind is not allowed; once all have ended.
    void check() throws Exception;
  }

  /// What one thread does.
  public interface Actor {
    void act() throws Exception;
  }

  /// Plays so many rounds.
  public static void explore(int rounds, Supplier<Round> fresh) throws Exception {
    try (Crew crew = new Crew(fresh.get().actors().size())) {
      for (int i = 0; i < rounds * TIMES; i++) {
        Round round = fresh.get();
        crew.play(round.actors(), i);
        round.check();
      }
    }
  }

  /// The threads, which wait for the next round by spinning: a thread that has to be woken comes
  /// when the others are done.
  private static final class Crew implements AutoCloseable {
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads;
    private volatile List<Actor> actors = List.of();
    private volatile int round = -1;
    private volatile boolean over;

    Crew(int size) {
      threads =
          IntStream.range(0, size)
              .mapToObj(place ->
                  Thread.ofPlatform().daemon().name("actor-" + place).start(() -> run(place)))
              .toList();
    }

    void play(List<Actor> all, int number) {
      ended.set(0);
      actors = all;
      round = number;
      long end = System.nanoTime() + PATIENCE_NANOS;
      for (int i = 0; ended.get() < threads.size(); i++) {
        relax(i);
        if (System.nanoTime() - end > 0) {
          throw new AssertionError("round " + number + " does not end: " + stacks());
        }
      }
      Throwable thrown = failure.get();
      if (thrown != null) {
        throw new AssertionError("round " + number, thrown);
      }
    }

    private void run(int place) {
      Random random = new Random(place);
      for (int next = 0; !over; next++) {
        for (int i = 0; round < next; i++) {
          if (over) {
            return;
          }
          relax(i);
        }
        // Mostly very little: what is looked for takes nanoseconds.
        for (int late = random.nextInt(1 << random.nextInt(MAX_LATE_BITS)); late > 0; late--) {
          Thread.onSpinWait();
        }
        try {
          actors.get(place).act();
        } catch (Throwable thrown) {
          failure.compareAndSet(null, thrown);
        }
        ended.incrementAndGet();
      }
    }

    // Others may need the processor, and who parks does not come at the same moment as the others.
    @SuppressWarnings("ThreadPriorityCheck")
    private static void relax(int waited) {
      if (waited < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }

    private String stacks() {
      StringBuilder all = new StringBuilder();
      for (Thread thread : threads) {
        all.append('\n').append(thread.getName());
        for (StackTraceElement frame : thread.getStackTrace()) {
          all.append("\n  ").append(frame);
        }
      }
      return all.toString();
    }

    @Override
    public void close() {
      over = true;
      threads.forEach(Thread::interrupt);
    }
  }
}
