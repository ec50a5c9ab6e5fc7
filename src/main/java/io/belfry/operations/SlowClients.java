package io.belfry.operations;

import io.belfry.core.delivery.Connection;
import io.belfry.core.delivery.Connections;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The clients that took no bytes since the last look, though something waited for them. Asked by
/// one thread.
final class SlowClients {
  private static final long STOOD_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// @param nanos for how long it has taken nothing
  record Slow(Connection connection, long nanos) {}

  /// @param slowNanos for how long it had taken nothing by then, 0 where it did
  private record Look(long at, long taking, long slowNanos) {}

  private final Connections connections;
  private Map<Connection, Look> last = Map.of();

  SlowClients(Connections connections) {
    this.connections = connections;
  }

  /// Those of now, the slowest first.
  List<Slow> look() {
    Map<Connection, Look> looks = new HashMap<>();
    List<Slow> slow = new ArrayList<>();
    for (Connection connection : connections.all()) {
      long at = System.nanoTime();
      long taking = connection.takingNanos();
      Look before = last.get(connection);
      long stood = before == null ? 0 : stood(before, at, taking);
      long nanos = before == null || stood < STOOD_NANOS ? 0 : before.slowNanos() + stood;
      looks.put(connection, new Look(at, taking, nanos));
      if (nanos > 0) {
        slow.add(new Slow(connection, nanos));
      }
    }
    last = looks;
    slow.sort(Comparator.comparingLong(Slow::nanos).reversed());
    return slow;
  }

  // For how long the connection's own clock stood between the two.
  private static long stood(Look before, long at, long taking) {
    return at - before.at() - (taking - before.taking());
  }
}
