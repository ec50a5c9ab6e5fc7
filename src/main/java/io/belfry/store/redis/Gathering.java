package io.belfry.store.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/// Sends appends in the order in which they come: one script is under way, and what comes meanwhile
/// gathers for the next. So a push that is alone waits for nobody, the more there are the less each
/// costs, and nothing overtakes one that has to be sent again.
///
/// On a Cluster, where a script cannot touch the logs of several servers, each is sent at once.
final class Gathering {
  // A larger push goes alone.
  private static final int MOST_BYTES = 256 * 1024;

  /// Is told what came of each. Must not block.
  interface Results {
    void done(Attempt attempt, AppendScript.Outcome outcome);

    /// @param together whether it was sent with others
    /// @return whether it is to be sent again later
    boolean failed(Attempt attempt, Throwable failure, boolean together);

    /// It was not sent, since one before it is to be sent again.
    void postponed(Attempt attempt);
  }

  private final AppendScript script;
  private final Results results;
  private final int most;
  private final ConcurrentLinkedQueue<Attempt> waiting = new ConcurrentLinkedQueue<>();
  // Whoever sets it sends what waits, until there is none; nobody else takes anything out.
  private final AtomicBoolean busy = new AtomicBoolean();

  Gathering(AppendScript script, Results results) {
    this.script = script;
    this.results = results;
    most = script.most();
  }

  /// Does not block.
  void send(Attempt attempt) {
    if (most == 1) {
      var ignored = sendTogether(List.of(attempt));
      return;
    }
    waiting.add(attempt);
    if (busy.compareAndSet(false, true)) {
      sendWaiting();
    }
  }

  private void sendWaiting() {
    do {
      for (var next = gathered(); !next.isEmpty(); next = gathered()) {
        CompletableFuture<?> told = sendTogether(next);
        if (!told.isDone()) {
          var ignored = told.whenComplete((done, failed) -> sendWaiting());
          return;
        }
      }
      busy.set(false);
    } while (!waiting.isEmpty() && busy.compareAndSet(false, true));
  }

  private List<Attempt> gathered() {
    List<Attempt> together = new ArrayList<>();
    int bytes = 0;
    Attempt next = waiting.peek();
    while (next != null && together.size() < most && fits(next, together, bytes)) {
      waiting.remove();
      if (!next.isOver()) {
        together.add(next);
        bytes += next.call().push().size();
      }
      next = waiting.peek();
    }
    return together;
  }

  private static boolean fits(Attempt next, List<Attempt> together, int bytes) {
    return together.isEmpty()
        || (!next.isAlone()
            && !together.getFirst().isAlone()
            && bytes + next.call().push().size() <= MOST_BYTES);
  }

  /// @return ends once each was told what came of it
  private CompletableFuture<?> sendTogether(List<Attempt> together) {
    return script
        .run(together.stream().map(Attempt::call).toList())
        .whenComplete((outcomes, failure) -> {
          if (failure == null) {
            tell(together, outcomes);
          } else {
            tell(together, failure);
          }
        });
  }

  private void tell(List<Attempt> together, List<AppendScript.Outcome> outcomes) {
    for (int i = 0; i < together.size(); i++) {
      results.done(together.get(i), outcomes.get(i));
    }
  }

  private void tell(List<Attempt> together, Throwable failure) {
    boolean again = false;
    for (Attempt attempt : together) {
      again |= results.failed(attempt, failure, together.size() > 1);
    }
    while (again && !waiting.isEmpty()) {
      results.postponed(waiting.remove());
    }
  }
}
