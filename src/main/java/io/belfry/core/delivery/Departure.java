package io.belfry.core.delivery;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/// How a node that goes hands its connections over: evenly, so that the other nodes are not
/// stormed, and each in two steps, so that nothing comes twice where the client goes on elsewhere.
/// First it is delivered nothing more, while what it has is acknowledged; a moment later, with its
/// cursors written, it is closed.
final class Departure {
  private static final Duration MOMENT = Duration.ofMillis(250);
  private static final int PATIENCE = 4;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LAST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Connections connections;
  private final CursorKeeper cursors;
  private final List<Connection> all;
  private final long began = System.nanoTime();
  private final long end;
  private final long pace;
  private final long moment;

  /// @param over what it may take in all; the last quarter is for clients that are slow to go
  Departure(Connections connections, CursorKeeper cursors, Duration over) {
    this.connections = connections;
    this.cursors = cursors;
    this.all = connections.all();
    this.end = began + over.toNanos();
    this.pace = Math.max(1, over.toNanos() * 3 / 4 / Math.max(1, all.size()));
    this.moment = Math.min(MOMENT.toNanos(), over.toNanos() / 16);
  }

  /// Returns once no connection is left or the time is over. Blocks.
  void run() {
    int quiet = 0;
    int gone = 0;
    while (gone < all.size() && !connections.isEmpty()) {
      List<Connection> next = all.subList(gone, quiet);
      gone = quiet;
      quiet = (int) Math.min(all.size(), (System.nanoTime() - began) / pace + 1);
      all.subList(gone, quiet).forEach(Connection::quiesce);
      awaitQuiet(next);
      closeEvenly(next);
    }
    while (!connections.isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(LAST_LOOK_NANOS);
    }
  }

  // Not for long: one whose socket takes nothing does not hold up the others.
  private void awaitQuiet(List<Connection> next) {
    long until = Math.min(System.nanoTime() + PATIENCE * moment, end);
    while (!next.stream().allMatch(Connection::quiesce) && System.nanoTime() < until) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    try {
      cursors.flush().get(Math.max(until - System.nanoTime(), moment), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException away) {
      // The store is away: what is settled may come again, and nothing is lost.
    }
  }

  private void closeEvenly(List<Connection> next) {
    long began = System.nanoTime();
    for (int i = 0; i < next.size(); i++) {
      next.get(i).close(CloseReason.GOING);
      park(began + moment * (i + 1) / next.size());
    }
    park(began + moment);
  }

  private static void park(long until) {
    long left = until - System.nanoTime();
    if (left > 0) {
      LockSupport.parkNanos(left);
    }
  }
}
