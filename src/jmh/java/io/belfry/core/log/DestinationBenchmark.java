package io.belfry.core.log;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What a destination costs to read: once for every push.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DestinationBenchmark {
  private String queue = "/user/alice/queue/notifications";
  private String topic = "/topic/news";

  @Benchmark
  public Destination queue() {
    return Destination.ofService(queue);
  }

  @Benchmark
  public Destination topic() {
    return Destination.ofService(topic);
  }
}
