package io.belfry.web;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.eclipse.jetty.io.Connection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a connection goes on with its next request once it has answered one on another thread than
/// the one that reads.
///
/// Jetty hands such a connection itself to its executor. Here those that were answered together go
/// on together, on one virtual thread one after the other: it costs no thread for each, and by its
/// turn the next request has often come. They handle as the selecting threads do, so nothing in it
/// blocks. All else has a thread of its own.
final class Lanes implements Executor {
  private static final Logger LOGGER = LoggerFactory.getLogger(Lanes.class);

  private final Executor others;
  private final Lane[] lanes;

  /// @param others what has a thread of its own is executed by this
  /// @param count how many virtual threads there are at most at a time
  Lanes(Executor others, int count) {
    this.others = others;
    this.lanes = IntStream.range(0, count).mapToObj(i -> new Lane()).toArray(Lane[]::new);
  }

  @Override
  public void execute(Runnable task) {
    if (task instanceof Connection) {
      lanes[ThreadLocalRandom.current().nextInt(lanes.length)].add(task);
    } else {
      others.execute(task);
    }
  }

  private static final class Lane implements Runnable {
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    void add(Runnable connection) {
      waiting.add(connection);
      if (count.getAndIncrement() == 0) {
        Thread.ofVirtual().name("belfry-http").start(this);
      }
    }

    @Override
    public void run() {
      do {
        goOn(waiting.remove());
      } while (count.decrementAndGet() > 0);
    }

    // Jetty closes a connection that fails; what escapes all the same is its own alone.
    private static void goOn(Runnable connection) {
      try {
        connection.run();
      } catch (RuntimeException | Error defect) {
        LOGGER.error("A connection did not go on.", defect);
      }
    }
  }
}
