package io.belfry.store.redis;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Push;
import io.belfry.core.log.StoreUnavailableException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/// The appends that are under way: at most so many and so many bytes of them. One whose connection
/// was lost is sent again, until it is answered or its time is over; the script sees to it that it
/// appends once.
final class Appends implements Gathering.Results {
  private static final int MOST = 50_000;
  private static final long MOST_BYTES = 256L * 1024 * 1024;
  // What one holds beside its body, about.
  private static final int OVERHEAD_BYTES = 512;

  private final AppendScript script;
  private final Gathering gathering;
  private final BiConsumer<Destination, List<byte[]>> forget;
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final ConcurrentLinkedQueue<Attempt> underWay = new ConcurrentLinkedQueue<>();
  private final AtomicLong numbers = new AtomicLong();
  private final ConcurrentSkipListSet<Attempt> toRepeat = new ConcurrentSkipListSet<>();
  private volatile boolean repeating;

  /// @param forget is told the notes of dead letters whose entry was collapsed; must not block
  Appends(AppendScript script, BiConsumer<Destination, List<byte[]>> forget) {
    this.script = script;
    this.gathering = new Gathering(script, this);
    this.forget = forget;
  }

  CompletableFuture<Appended> append(Push push) {
    int size = OVERHEAD_BYTES + push.size();
    boolean tooMany = count.incrementAndGet() > MOST;
    boolean tooMuch = bytes.addAndGet(size) > MOST_BYTES;
    if (tooMany || tooMuch) {
      leave(size);
      return CompletableFuture.failedFuture(
          new StoreUnavailableException("As much as may wait for Redis is waiting.", null));
    }
    Attempt attempt = new Attempt(numbers.incrementAndGet(), script.call(push));
    var ignored = attempt.answer().whenComplete((appended, failure) -> leave(size));
    underWay.add(attempt);
    if ((toRepeat.isEmpty() && !repeating) || push.isPassing()) {
      gathering.send(attempt);
    } else {
      // Behind those that came before it.
      toRepeat.add(attempt);
    }
    return attempt.answer();
  }

  /// How many there are.
  int count() {
    return count.get();
  }

  /// How many bytes they hold, about.
  long bytes() {
    return bytes.get();
  }

  /// Called some twenty times a second: sends again what is to be repeated, and gives up what has
  /// waited too long.
  void tick() {
    Attempt oldest = underWay.peek();
    while (oldest != null && (oldest.isOver() || oldest.isLate())) {
      underWay.poll();
      oldest.fail(null);
      oldest = underWay.peek();
    }
    // Nothing new is sent before them.
    repeating = true;
    for (Attempt attempt : List.copyOf(toRepeat)) {
      toRepeat.remove(attempt);
      gathering.send(attempt);
    }
    repeating = false;
  }

  /// Gives up all.
  void close() {
    underWay.forEach(attempt -> attempt.fail(null));
  }

  @Override
  public void done(Attempt attempt, AppendScript.Outcome outcome) {
    attempt.complete(outcome);
    if (outcome instanceof AppendScript.Outcome.Known known && !known.notes().isEmpty()) {
      forget.accept(attempt.call().push().destination(), known.notes());
    }
  }

  @Override
  public boolean failed(Attempt attempt, Throwable failure, boolean together) {
    if (attempt.isLate() || !attempt.prepareAgain(failure, together)) {
      attempt.fail(failure);
      return false;
    }
    return toRepeat.add(attempt);
  }

  @Override
  public void postponed(Attempt attempt) {
    toRepeat.add(attempt);
  }

  // Both were counted, whichever of them was over.
  private void leave(int size) {
    count.decrementAndGet();
    bytes.addAndGet(-size);
  }
}
