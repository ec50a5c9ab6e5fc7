package io.belfry.store.embedded;

import io.belfry.core.log.StoreUnavailableException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// An operation that waits, or is under way, and whoever waits for it.
final class Pending<T> {
  private final Operation<T> operation;
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private final long since = System.nanoTime();
  private @Nullable T result;

  Pending(Operation<T> operation) {
    this.operation = operation;
  }

  CompletableFuture<T> future() {
    return future;
  }

  /// When it came, by `System.nanoTime()`.
  long since() {
    return since;
  }

  int size() {
    return operation.size();
  }

  void apply(Changes changes) {
    result = operation.apply(changes);
  }

  void succeed() {
    future.complete(result);
  }

  void fail(StoreUnavailableException why) {
    future.completeExceptionally(why);
  }
}
