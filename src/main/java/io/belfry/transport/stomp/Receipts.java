package io.belfry.transport.stomp;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The answers that a client waits for, given in the order of its frames, whatever ends first. How
/// many there are at once is bounded by who makes them: reading stops where too many are open.
final class Receipts {
  /// The answer to one frame.
  static final class Promise {
    private final @Nullable String receipt;
    private final @Nullable Runnable after;
    private boolean done;
    private @Nullable Failure failure;

    private Promise(@Nullable String receipt, @Nullable Runnable after) {
      this.receipt = receipt;
      this.after = after;
    }
  }

  private final Consumer<String> kept;
  private final Consumer<Failure> broken;

  // Guarded by this monitor; there only while something is open.
  private @Nullable ArrayDeque<Promise> open;
  // The last one of the frames that were handled to their end; null where it is answered.
  private @Nullable Promise lastOfWhole;

  /// @param kept sends a `RECEIPT`; called in order, under a lock: must neither block nor be slow
  /// @param broken sends an `ERROR` instead, likewise
  Receipts(Consumer<String> kept, Consumer<Failure> broken) {
    this.kept = kept;
    this.broken = broken;
  }

  /// A frame was handled that has nothing to wait for.
  synchronized void handled(@Nullable String receipt) {
    if (receipt == null) {
      return;
    }
    if (open == null) {
      kept.accept(receipt);
    } else {
      keep(promise(receipt));
    }
  }

  /// A frame has begun to be handled.
  Promise promise(@Nullable String receipt) {
    return promise(receipt, null);
  }

  /// @param after called once this promise was kept, under a lock
  synchronized Promise promise(@Nullable String receipt, @Nullable Runnable after) {
    Promise promise = new Promise(receipt, after);
    if (open == null) {
      open = new ArrayDeque<>(2);
    }
    open.addLast(promise);
    return promise;
  }

  /// What it was about has come to its end.
  synchronized void keep(Promise promise) {
    promise.done = true;
    answer();
  }

  /// What it was about has failed.
  synchronized void breach(Promise promise, Failure failure) {
    promise.failure = failure.about(promise.receipt);
    promise.done = true;
    answer();
  }

  /// A frame was handled to its end: what was promised stands.
  synchronized void stand() {
    lastOfWhole = open == null ? null : open.peekLast();
  }

  /// A frame could not be handled: what was promised since those that were counts no more, and this
  /// comes once all that stands is answered.
  synchronized void refuse(Failure failure) {
    while (open != null && !open.isEmpty() && open.peekLast() != lastOfWhole) {
      open.removeLast();
    }
    breach(promise(failure.receiptId()), failure);
  }

  private void answer() {
    ArrayDeque<Promise> all = open;
    while (all != null && !all.isEmpty() && all.getFirst().done) {
      Promise first = all.removeFirst();
      if (first.failure != null) {
        broken.accept(first.failure);
      } else if (first.receipt != null) {
        kept.accept(first.receipt);
      }
      if (first.after != null) {
        first.after.run();
      }
    }
    if (all != null && all.isEmpty()) {
      open = null;
      lastOfWhole = null;
    }
  }
}
