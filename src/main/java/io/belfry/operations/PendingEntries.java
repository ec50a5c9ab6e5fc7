package io.belfry.operations;

import io.belfry.core.delivery.CursorKeeper;
import io.belfry.core.log.Batch;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Logs;
import java.util.Collection;

/// Counts the entries of a queue that none of its user's devices has settled.
final class PendingEntries {
  private static final int PAGE_ENTRIES = 500;
  private static final long PAGE_BYTES = 1024 * 1024;

  private final Logs logs;
  private final CursorKeeper cursors;

  PendingEntries(Logs logs, CursorKeeper cursors) {
    this.logs = logs;
    this.cursors = cursors;
  }

  /// How many there are in all of this user's queues. Blocks.
  long of(String user) {
    return logs.queues(user).keySet().stream()
        .mapToLong(queue -> in(new Destination.Queue(user, queue)))
        .sum();
  }

  /// How many there are. Reads what is after the device that is furthest. Blocks.
  long in(Destination.Queue queue) {
    Collection<CursorState> devices =
        cursors.of(new CursorKey(queue, queue.user(), CursorKey.SHARED)).values();
    long position = devices.stream().mapToLong(CursorState::settled).max().orElse(0);
    long pending = 0;
    while (true) {
      Batch batch = logs.after(queue, position, PAGE_ENTRIES, PAGE_BYTES);
      if (batch.readUpTo() <= position) {
        return pending;
      }
      pending +=
          batch.entries().stream()
              .filter(entry -> devices.stream().noneMatch(d -> d.isSettled(entry.offset())))
              .count();
      position = batch.readUpTo();
    }
  }
}
