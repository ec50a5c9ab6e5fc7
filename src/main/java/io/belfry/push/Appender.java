package io.belfry.push;

import io.belfry.core.log.Appended;
import io.belfry.core.log.BelfryException;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.security.Caller;
import io.belfry.security.PushRate;
import io.belfry.web.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Appends what has been read, and says how that ended: the same for a single push and for each
/// line of a batch.
final class Appender {
  private static final Logger LOG = LoggerFactory.getLogger(Appender.class);
  private final Logs logs;
  private final Retention retention;
  private final PushRate rate;
  private final PushCounters counters;
  private final Duration patience;

  /// @param patience how long the store may take
  Appender(
      Logs logs, Retention retention, PushRate rate, PushCounters counters, Duration patience) {
    this.logs = logs;
    this.retention = retention;
    this.rate = rate;
    this.counters = counters;
    this.patience = patience;
  }

  /// An append under way, since `nanoTime`.
  record Begun(Destination destination, CompletableFuture<Appended> appended, long nanoTime) {}

  /// Hands a push to the store. Does not wait for it.
  ///
  /// @throws BelfryException where it is not as it has to be, or one too many
  Begun begin(Caller caller, Destination destination, Map<String, String> headers, byte[] body) {
    Push push = Push.of(destination, headers, body, retention);
    rate.count(caller.user());
    long now = System.nanoTime();
    return new Begun(destination, logs.append(push), now);
  }

  /// Waits for the store, not longer since the beginning than is patient. Blocks.
  ///
  /// @throws RefusedException where it was not appended, or where that is not known by then
  PushAnswer await(Begun begun) throws InterruptedException {
    long left = patience.toNanos() - (System.nanoTime() - begun.nanoTime());
    try {
      Appended appended = begun.appended().get(Math.max(0, left), TimeUnit.NANOSECONDS);
      PushAnswer answer = PushAnswer.of(begun.destination(), appended);
      counters.answered(answer);
      return answer;
    } catch (ExecutionException failed) {
      throw new RefusedException(problem(Objects.requireNonNullElse(failed.getCause(), failed)));
    } catch (TimeoutException late) {
      throw new RefusedException(
          Problem.of(
                  503,
                  "The store has not confirmed this in time; it may still be appended. Repeat it"
                      + " with the same Idempotency-Key.")
              .retryAfter(1));
    }
  }

  /// What the sender is told of a failure. What nobody expected is logged here.
  static Problem problem(Throwable failure) {
    return switch (failure) {
      case RefusedException refused -> refused.problem();
      case BelfryException known -> Problem.of(known);
      default -> {
        LOG.error("A push failed", failure);
        yield Problem.of(500);
      }
    };
  }

  void refused(Problem problem) {
    counters.refused(problem.status());
  }
}
