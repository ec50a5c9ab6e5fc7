package io.belfry.core.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// When the timer calls which connection: a wheel of turns. A connection that rests is not even
/// looked at: ten thousand of them, ten times a second, would take a tenth of a core to find that
/// nothing is to be done.
final class Rounds {
  static final int TURNS = 32;

  // More than a turn takes, so that a late timer calls nobody late.
  private static final long TURN_NANOS = 120_000_000L;

  // Guarded by this monitor.
  private final List<List<Connection>> wheel =
      new ArrayList<>(IntStream.range(0, TURNS).mapToObj(i -> turn()).toList());
  private int now;

  /// Takes it up for the turn in which this time will not yet be over, the next one at the soonest,
  /// and the last one of the wheel at the latest.
  synchronized void add(Connection connection, long nanos) {
    int turns = Math.clamp(nanos / TURN_NANOS, 1, TURNS - 1);
    wheel.get((now + turns) % TURNS).add(connection);
  }

  /// Begins the next turn.
  ///
  /// @return whom it calls
  synchronized List<Connection> next() {
    now = (now + 1) % TURNS;
    return wheel.set(now, turn());
  }

  private static List<Connection> turn() {
    return new ArrayList<>(0);
  }
}
