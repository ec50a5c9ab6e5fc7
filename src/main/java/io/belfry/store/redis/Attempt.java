package io.belfry.store.redis;

import io.belfry.core.log.Appended;
import io.belfry.core.log.StoreUnavailableException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// An append until it is answered, however often it has to be sent. They are ordered as they came.
final class Attempt implements Comparable<Attempt> {
  private static final long PATIENCE_NANOS = Link.PATIENCE_MILLIS * 1_000_000;

  private final CompletableFuture<Appended> answer = new CompletableFuture<>();
  private final long since = System.nanoTime();
  private final long number;
  private volatile AppendScript.Call call;
  private volatile boolean alone;

  /// @param number greater than that of those that came before
  Attempt(long number, AppendScript.Call call) {
    this.number = number;
    this.call = call;
  }

  CompletableFuture<Appended> answer() {
    return answer;
  }

  /// What is to be sent next.
  AppendScript.Call call() {
    return call;
  }

  /// Whether it is to be sent with no other.
  boolean isAlone() {
    return alone;
  }

  boolean isOver() {
    return answer.isDone();
  }

  boolean isLate() {
    return System.nanoTime() - since > PATIENCE_NANOS;
  }

  /// Prepares it to be sent again after this failure.
  ///
  /// @param together whether it was sent with others
  /// @return false where it is not to be sent again
  boolean prepareAgain(Throwable failure, boolean together) {
    if (Failures.isUnknown(failure)) {
      call = call.sentAgain();
      // Who is connected now: after a pause that is no longer now.
      return !call.push().isPassing();
    }
    if (!together || Failures.isSoonOver(failure)) {
      return Failures.isSoonOver(failure);
    }
    // One of them was refused; which one nobody knows, and those in front of it were appended.
    call = call.sentAgain();
    alone = true;
    return !call.push().isPassing();
  }

  void complete(AppendScript.Outcome outcome) {
    switch (outcome) {
      case AppendScript.Outcome.Known known -> answer.complete(known.appended());
      case AppendScript.Outcome.Unknowable _ ->
          answer.completeExceptionally(
              new StoreUnavailableException(
                  "Redis was away while this was appended, and cannot tell whether it was.", null));
    }
  }

  /// @param why null where it was not answered in time
  void fail(@Nullable Throwable why) {
    if (!answer.isDone()) {
      answer.completeExceptionally(
          why == null
              ? new StoreUnavailableException("Redis has not answered in time.", null)
              : Failures.translated(why));
    }
  }

  @Override
  public int compareTo(Attempt other) {
    return Long.compare(number, other.number);
  }
}
