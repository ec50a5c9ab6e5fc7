package io.belfry.store.redis;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Push;
import io.belfry.core.log.StoreUnavailableException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The appends that are under way: at most so many and so many bytes of them. One whose connection
/// was lost is sent again, until it is answered or its time is over; the script sees to it that it
/// appends once.
final class Appends {
  private static final int MOST = 50_000;
  private static final long MOST_BYTES = 256L * 1024 * 1024;
  // What one holds beside its body, about.
  private static final int OVERHEAD_BYTES = 512;
  private static final long PATIENCE_NANOS = Link.PATIENCE_MILLIS * 1_000_000;

  private final AppendScript script;
  private final Consumer<List<Long>> forget;
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final ConcurrentLinkedQueue<Attempt> underWay = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Attempt> toRepeat = new ConcurrentLinkedQueue<>();

  /// @param forget is told the places of dead letters whose entry was collapsed; must not block
  Appends(AppendScript script, Consumer<List<Long>> forget) {
    this.script = script;
    this.forget = forget;
  }

  CompletableFuture<Appended> append(Push push) {
    int size = OVERHEAD_BYTES + push.body().length;
    if (count.incrementAndGet() > MOST || bytes.addAndGet(size) > MOST_BYTES) {
      // Where the count is what is over, its bytes were not added.
      if (count.getAndDecrement() <= MOST) {
        bytes.addAndGet(-size);
      }
      return CompletableFuture.failedFuture(
          new StoreUnavailableException("As much as may wait for Redis is waiting.", null));
    }
    Attempt attempt = new Attempt(push, size);
    underWay.add(attempt);
    if (toRepeat.isEmpty() || push.isPassing()) {
      attempt.send();
    } else {
      // Behind those that came before it.
      toRepeat.add(attempt);
    }
    return attempt.answer;
  }

  /// How many there are.
  int count() {
    return count.get();
  }

  /// Called some twenty times a second: sends again what is to be repeated, and gives up what has
  /// waited too long.
  void tick() {
    long now = System.nanoTime();
    Attempt oldest = underWay.peek();
    while (oldest != null && (oldest.answer.isDone() || oldest.isLate(now))) {
      underWay.poll();
      oldest.fail(null);
      oldest = underWay.peek();
    }
    // Each goes only once it is sent, so that nothing new is sent before it; one that fails at once
    // is behind the others again.
    for (int left = toRepeat.size(); left > 0; left--) {
      toRepeat.element().send();
      toRepeat.remove();
    }
  }

  /// Gives up all.
  void close() {
    underWay.forEach(attempt -> attempt.fail(null));
  }

  private final class Attempt {
    private final Push push;
    private final int size;
    private final long since = System.nanoTime();
    private final CompletableFuture<Appended> answer = new CompletableFuture<>();
    private volatile boolean mayBeDone;

    Attempt(Push push, int size) {
      this.push = push;
      this.size = size;
      var ignored =
          answer.whenComplete((appended, failure) -> {
            count.decrementAndGet();
            bytes.addAndGet(-this.size);
          });
    }

    boolean isLate(long now) {
      return now - since > PATIENCE_NANOS;
    }

    void send() {
      if (answer.isDone()) {
        return;
      }
      var ignored =
          script
              .run(push, mayBeDone)
              .whenComplete((outcome, failure) -> {
                if (failure == null) {
                  answer.complete(outcome.appended());
                  if (!outcome.deadLetters().isEmpty()) {
                    forget.accept(outcome.deadLetters());
                  }
                } else if (!isLate(System.nanoTime()) && isToRepeat(failure)) {
                  toRepeat.add(this);
                } else {
                  fail(failure);
                }
              });
    }

    private boolean isToRepeat(Throwable failure) {
      if (Failures.isUnknown(failure)) {
        mayBeDone = true;
        // Who is connected now: after a pause that is no longer now.
        return !push.isPassing();
      }
      return Failures.isSoonOver(failure);
    }

    void fail(@Nullable Throwable why) {
      if (answer.isDone()) {
        return;
      }
      answer.completeExceptionally(
          why == null
              ? new StoreUnavailableException("Redis has not answered in time.", null)
              : Failures.translated(why));
    }
  }
}
