package io.belfry.store.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One channel that this node listens to, across all the connections that it does so on.
final class Hearing {
  private static final Logger LOGGER = LoggerFactory.getLogger(Hearing.class);

  private final String channel;
  private final Consumer<byte[]> hearer;
  private final Runnable looker;
  private final CompletableFuture<Void> begun = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  // Once closed, nothing is heard any more: closing waits for what is being heard.
  private final ReentrantLock hearing = new ReentrantLock();
  private boolean closed;

  /// Where it is listened to; null while it is nowhere. Changed and read by the thread of [Ears].
  volatile @Nullable Ear ear;

  /// @param hearer is called with what is published, one at a time
  /// @param looker is called where something may have been missed
  Hearing(String channel, Consumer<byte[]> hearer, Runnable looker) {
    this.channel = channel;
    this.hearer = hearer;
    this.looker = looker;
  }

  String channel() {
    return channel;
  }

  CompletableFuture<Void> begun() {
    return begun;
  }

  CompletableFuture<Void> ended() {
    return ended;
  }

  /// The server has confirmed it.
  ///
  /// @return whether it had before: then something may have been missed between
  boolean confirm() {
    return !begun.complete(null);
  }

  void hear(byte[] message) {
    guarded(() -> hearer.accept(message));
  }

  void look() {
    guarded(looker);
  }

  void close() {
    hearing.lock();
    try {
      closed = true;
    } finally {
      hearing.unlock();
    }
  }

  private void guarded(Runnable action) {
    hearing.lock();
    try {
      if (!closed) {
        action.run();
      }
    } catch (RuntimeException e) {
      LOGGER.error("Who listens to {} failed at a bell.", channel, e);
    } finally {
      hearing.unlock();
    }
  }
}
