package io.belfry.operations;

import io.belfry.core.delivery.Connection;
import io.belfry.core.delivery.Connections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// How many clients took no bytes since the last look, though something waited for them. Asked by
/// one thread.
final class SlowClients {
  private static final long STOOD_NANOS = TimeUnit.SECONDS.toNanos(1);

  private record Look(long at, long taking) {}

  private final Connections connections;
  private Map<Connection, Look> last = Map.of();

  SlowClients(Connections connections) {
    this.connections = connections;
  }

  int count() {
    Map<Connection, Look> looks = new HashMap<>();
    int slow = 0;
    for (Connection connection : connections.all()) {
      Look look = new Look(System.nanoTime(), connection.takingNanos());
      looks.put(connection, look);
      Look before = last.get(connection);
      if (before != null && stood(before, look) >= STOOD_NANOS) {
        slow++;
      }
    }
    last = looks;
    return slow;
  }

  // For how long the connection's own clock stood between the two.
  private static long stood(Look before, Look now) {
    return now.at() - before.at() - (now.taking() - before.taking());
  }
}
