package io.belfry.proof;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/// All that happened, in the order in which it was noted. Anyone may add to it, at the price of one
/// object; nothing is ever taken out.
final class History {
  private static final long NANOS_A_MICRO = 1000;

  private final long start = System.nanoTime();
  private final Queue<Event> events = new ConcurrentLinkedQueue<>();
  private final LongAdder answers = new LongAdder();

  /// Microseconds since it began.
  long now() {
    return (System.nanoTime() - start) / NANOS_A_MICRO;
  }

  void add(Event event) {
    events.add(event);
    if (event instanceof Event.Answered) {
      answers.increment();
    }
  }

  /// How many pushes were answered.
  long answers() {
    return answers.sum();
  }

  List<Event> events() {
    return List.copyOf(events);
  }

  <T extends Event> Stream<T> all(Class<T> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast);
  }
}
