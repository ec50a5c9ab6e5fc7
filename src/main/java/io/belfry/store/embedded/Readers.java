package io.belfry.store.embedded;

import io.belfry.core.log.StoreUnavailableException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The few threads that read the disk: a native call holds its carrier, and a virtual thread that
/// waits for one of these does not. At most [#WAITING] reads wait; more are refused.
final class Readers implements AutoCloseable {
  private static final int THREADS = 3;
  private static final int WAITING = 100_000;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          1,
          TimeUnit.MINUTES,
          new ArrayBlockingQueue<>(WAITING),
          Thread.ofPlatform().name("belfry-reader-", 0).daemon().factory());
  private final Counters counters;

  Readers(Counters counters) {
    this.counters = counters;
  }

  /// What `reading` answers, read on one of these threads. Blocks.
  <T extends @Nullable Object> T read(Callable<T> reading) {
    counters.reads.increment();
    Future<T> answer;
    try {
      answer = threads.submit(reading);
    } catch (RejectedExecutionException e) {
      throw new StoreUnavailableException("The store reads nothing more now.", e);
    }
    return await(answer);
  }

  /// Waits for what the store was asked to do.
  static <T extends @Nullable Object> T await(Future<T> answer) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("Interrupted while waiting for the store.", e);
    } catch (ExecutionException e) {
      throw new StoreUnavailableException("The store cannot do this now.", e.getCause());
    }
  }

  @Override
  public void close() {
    threads.close();
  }
}
