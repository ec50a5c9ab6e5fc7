package io.belfry.core.delivery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One offset in flight. Its [Window] alone writes it, and guards it as itself.
final class Flight {
  private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(5);

  /// Why an offset is in flight.
  enum Kind {
    /// It is delivered, for the first time or again.
    DELIVERED,
    /// It is settled already and was asked for again: only its acknowledgement is missing.
    REREAD,
    /// It was a dead letter and is delivered once more, out of order.
    REDEEMED,
    /// It was delivered, and is gone since `max-messages` dropped it: it cannot come again, takes
    /// no room, and is not settled before the client has what tells it of the gap.
    DROPPED
  }

  final long offset;
  Kind kind;
  long sentAt;
  long due = Long.MAX_VALUE;
  int timeouts;
  int nacks;
  boolean waiting;
  @Nullable String rejection;

  Flight(long offset, Kind kind, long sentAt) {
    this.offset = offset;
    this.kind = kind;
    this.sentAt = sentAt;
  }

  Kind kind() {
    return kind;
  }

  /// How often it was refused on this subscription.
  int nacks() {
    return nacks;
  }

  /// Why it was refused for good; null where it was not.
  @Nullable String rejection() {
    return rejection;
  }

  /// Whether it was refused and waits to be sent again.
  boolean isWaiting() {
    return waiting;
  }

  /// When it comes again where nobody acknowledges it: after `timeout` nanoseconds, then after ever
  /// longer ones.
  long timeOut(long timeout) {
    long longest = LONGEST_INTERVAL.toNanos();
    long interval = timeout;
    for (int i = 0; i < timeouts && interval < longest; i++) {
      interval = Math.min(interval * 2, longest);
    }
    return sentAt + interval;
  }
}
