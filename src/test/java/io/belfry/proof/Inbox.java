package io.belfry.proof;

import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What came on a connection and was not taken yet. Who fills it waits while it is full, and so
/// does the other side of the connection.
final class Inbox<T> {
  private static final int ROOM = 8;

  private final BlockingQueue<T> items = new LinkedBlockingQueue<>(ROOM);
  private volatile long heardAt = System.nanoTime();
  private volatile boolean isOver;

  void put(T item) throws InterruptedException {
    items.put(item);
    heard();
  }

  /// Notes a sign of life.
  void heard() {
    heardAt = System.nanoTime();
  }

  int size() {
    return items.size();
  }

  /// Says that nothing more will come.
  void end() {
    isOver = true;
  }

  /// The next item, or null where none came in time.
  ///
  /// @throws IOException where none will come, or nothing was heard for too long
  @Nullable T next(long millis) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    T item = items.poll();
    while (item == null && System.nanoTime() < end) {
      if (isOver && items.isEmpty()) {
        throw new EOFException("closed");
      }
      item = items.poll(Math.min(millis, 20), TimeUnit.MILLISECONDS);
    }
    if (item == null
        && System.nanoTime() - heardAt > TimeUnit.MILLISECONDS.toNanos(Link.SILENCE_MILLIS)) {
      throw new IOException("silent");
    }
    return item;
  }
}
