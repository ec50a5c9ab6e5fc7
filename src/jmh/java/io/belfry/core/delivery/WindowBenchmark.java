package io.belfry.core.delivery;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What an entry in flight costs: to register, to ask what is due, and to acknowledge, while others
/// are in flight.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WindowBenchmark {
  @Param({"0", "99", "999"})
  private int others;

  private @Nullable Window window;
  private long last;

  @Benchmark
  public Object oneMoreAndTheOldestAcknowledged() {
    Window window = window();
    window.register(++last, Flight.Kind.DELIVERED, last);
    long due = window.nextDue();
    Object gone = window.remove(last - others);
    if (gone == null || due == Long.MAX_VALUE) {
      throw new IllegalStateException("The window lost an offset.");
    }
    return gone;
  }

  private Window window() {
    Window known = window;
    if (known == null) {
      known = new Window(others + 1, Duration.ofSeconds(30));
      window = known;
      while (last < others) {
        known.register(++last, Flight.Kind.DELIVERED, last);
      }
    }
    return known;
  }
}
