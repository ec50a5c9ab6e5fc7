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
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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

  Appender(Logs logs, Retention retention, PushRate rate, PushCounters counters) {
    this.logs = logs;
    this.retention = retention;
    this.rate = rate;
    this.counters = counters;
  }

  /// An append under way.
  record Begun(Destination destination, CompletableFuture<Appended> appended) {}

  /// Hands a push to the store. Does not wait for it.
  ///
  /// @throws BelfryException where it is not as it has to be, or one too many
  Begun begin(Caller caller, Destination destination, Map<String, String> headers, byte[] body) {
    Push push = Push.of(destination, headers, body, retention);
    rate.count(caller.user());
    return new Begun(destination, logs.append(push));
  }

  /// Has one of the two called once the store has answered, on the store's thread: neither may
  /// block.
  void whenAnswered(Begun begun, Consumer<PushAnswer> taken, Consumer<Problem> notTaken) {
    var _ =
        begun
            .appended()
            .whenComplete((appended, failure) -> {
              PushAnswer answer;
              try {
                answer = answer(begun, appended, failure);
              } catch (RefusedException refused) {
                refused(refused.problem());
                notTaken.accept(refused.problem());
                return;
              }
              taken.accept(answer);
            });
  }

  /// Waits for the store. Blocks.
  ///
  /// @throws RefusedException where it was not appended, or where that is not known
  PushAnswer await(Begun begun) throws InterruptedException {
    try {
      return answer(begun, begun.appended().get(), null);
    } catch (ExecutionException failed) {
      return answer(begun, null, failed);
    }
  }

  private PushAnswer answer(Begun begun, @Nullable Appended appended, @Nullable Throwable failure) {
    if (appended == null) {
      throw new RefusedException(problem(cause(failure)));
    }
    PushAnswer answer = PushAnswer.of(begun.destination(), appended);
    counters.answered(answer);
    return answer;
  }

  private static Throwable cause(@Nullable Throwable failure) {
    Throwable known = Objects.requireNonNull(failure);
    return known instanceof ExecutionException || known instanceof CompletionException
        ? Objects.requireNonNullElse(known.getCause(), known)
        : known;
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
