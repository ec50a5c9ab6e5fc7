package io.belfry.transport.stomp;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Batch;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Push;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Logs whose appends end when a test says so.
final class HeldLogs implements Logs {
  /// What ends an append each, oldest first.
  final ArrayDeque<Runnable> held = new ArrayDeque<>();

  /// Whether appends wait.
  boolean holds;

  private final Logs logs;

  HeldLogs(Logs logs) {
    this.logs = logs;
  }

  @Override
  public CompletableFuture<Appended> append(Push push) {
    if (!holds) {
      return logs.append(push);
    }
    CompletableFuture<Appended> done = new CompletableFuture<>();
    held.addLast(() -> end(push, done));
    return done;
  }

  private void end(Push push, CompletableFuture<Appended> done) {
    try {
      done.complete(logs.append(push).join());
    } catch (CompletionException wrong) {
      done.completeExceptionally(wrong.getCause());
    }
  }

  @Override
  public Batch after(Destination destination, long position, int maxEntries, long maxBytes) {
    return logs.after(destination, position, maxEntries, maxBytes);
  }

  @Override
  public @Nullable Entry entry(Destination destination, long offset) {
    return logs.entry(destination, offset);
  }

  @Override
  public long last(Destination destination) {
    return logs.last(destination);
  }

  @Override
  public void retract(Destination destination, long offset) {
    logs.retract(destination, offset);
  }

  @Override
  public Map<String, Long> queues(String user) {
    return logs.queues(user);
  }
}
