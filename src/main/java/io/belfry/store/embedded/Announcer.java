package io.belfry.store.embedded;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rings and answers what the committer has written, in the order of the writes, while the
/// committer is at the next batch already.
///
/// On a virtual thread: nearly all that it wakes are virtual threads too, and one of them wakes
/// another without the operating system.
final class Announcer implements AutoCloseable {
  // Batches that are written and not yet announced: the committer waits where there are more.
  private static final int MAX_WAITING = 64;

  private static final Logger LOGGER = LoggerFactory.getLogger(Announcer.class);

  private final BlockingQueue<Runnable> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final Thread thread = Thread.ofVirtual().name("belfry-announcer").unstarted(this::run);

  // The thread's alone.
  private boolean ended;

  void start() {
    thread.start();
  }

  /// Has `announcement` made after all others. Blocks while too many wait.
  void announce(Runnable announcement) throws InterruptedException {
    waiting.put(announcement);
  }

  /// Ends once everything is announced. For the committer alone, as its last call.
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    while (true) {
      try {
        waiting.put(() -> ended = true);
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!ended) {
        announceNext();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void announceNext() throws InterruptedException {
    Runnable next = waiting.take();
    try {
      next.run();
    } catch (RuntimeException e) {
      LOGGER.error("What was written could not be announced.", e);
    }
  }
}
