package io.belfry.transport.stomp;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.log.Appended;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Push;
import io.belfry.transport.Inflow;
import org.jspecify.annotations.Nullable;

/// The appends of one connection that are under way. Bounded in count and bytes: where there are
/// too many, reading stops until some have ended.
final class Pushes {
  private static final int MAX_COUNT = 64;
  private static final int MAX_BYTES = 512 * 1024;

  private final Logs logs;
  private final Receipts receipts;
  private final Inflow<StompFrame> inflow;

  // Guarded by this monitor.
  private int count;
  private int bytes;
  private boolean holds;

  Pushes(Logs logs, Receipts receipts, Inflow<StompFrame> inflow) {
    this.logs = logs;
    this.receipts = receipts;
    this.inflow = inflow;
  }

  /// Begins an append. Appends to one log are ordered as this was called.
  ///
  /// @param promise kept once it is durable
  /// @param frame the receipt of the frame that an `ERROR` would be about
  void append(Push push, Receipts.Promise promise, @Nullable String frame) {
    int size = push.size();
    add(1, size);
    try {
      var ignored =
          logs.append(push)
              .whenComplete((appended, wrong) -> {
                answer(promise, appended, wrong, frame);
                add(-1, -size);
              });
    } catch (RuntimeException wrong) {
      answer(promise, null, wrong, frame);
      add(-1, -size);
    }
  }

  private void answer(
      Receipts.Promise promise,
      @Nullable Appended appended,
      @Nullable Throwable wrong,
      @Nullable String frame) {
    if (wrong != null) {
      receipts.breach(promise, Failures.of(wrong).about(frame));
    } else if (appended instanceof Appended.Mismatched) {
      Failure mismatched =
          new Failure(
              CloseReason.PROTOCOL,
              "This Idempotency-Key was used for another message.",
              422,
              frame);
      receipts.breach(promise, mismatched);
    } else {
      receipts.keep(promise);
    }
  }

  private void add(int more, int moreBytes) {
    boolean wasHolding;
    boolean isFull;
    synchronized (this) {
      count += more;
      bytes += moreBytes;
      isFull = count >= MAX_COUNT || (bytes >= MAX_BYTES && count > 1);
      wasHolding = holds;
      holds = isFull;
      if (isFull && !wasHolding) {
        inflow.hold();
      }
    }
    if (wasHolding && !isFull) {
      inflow.release();
    }
  }
}
