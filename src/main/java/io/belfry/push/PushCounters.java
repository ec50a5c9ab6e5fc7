package io.belfry.push;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// How many pushes ended how since the start, those of a batch each by itself, for metrics.
public final class PushCounters {
  /// How a push can end.
  public enum Result {
    /// It was appended.
    ACCEPTED,
    /// It had been appended before.
    REPEATED,
    /// It was for who is connected now.
    PASSING,
    /// It was not as it has to be, or its sender may not push.
    REFUSED,
    /// Its sender pushed too often.
    LIMITED,
    /// The store could not take it.
    UNAVAILABLE
  }

  private final Map<Result, LongAdder> counts = new EnumMap<>(Result.class);

  public PushCounters() {
    for (Result result : Result.values()) {
      counts.put(result, new LongAdder());
    }
  }

  /// How many ended so.
  public long count(Result result) {
    return adder(result).sum();
  }

  void answered(PushAnswer answer) {
    adder(
            switch (answer.status()) {
              case 201 -> Result.ACCEPTED;
              case 200 -> Result.REPEATED;
              default -> Result.PASSING;
            })
        .increment();
  }

  void refused(int status) {
    adder(
            switch (status) {
              case 429 -> Result.LIMITED;
              case 503 -> Result.UNAVAILABLE;
              default -> Result.REFUSED;
            })
        .increment();
  }

  @SuppressWarnings("NullAway") // the constructor has put all of them
  private LongAdder adder(Result result) {
    return counts.get(result);
  }
}
