package io.belfry.transport.mqtt;

import io.belfry.core.delivery.Outbox;
import io.belfry.transport.Packet;
import io.belfry.transport.Wire;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Whether one client is still there: it promised a packet now and then, and a WebSocket answers
/// pings besides. While our own writes are blocked silence does not count, for at most 5 minutes.
final class KeepAlive {
  /// What [#look] answers where the client is gone.
  static final long GONE = 0;

  private static final long MAX_BLOCKED_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final long BLOCKED_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long NEVER = TimeUnit.DAYS.toNanos(36_500);
  private static final int SILENT_INTERVALS = 3;

  private final Wire wire;
  private final Outbox<Packet> outbox;
  private final long askEvery;
  private final long silentAfter;

  // Written by whoever reads, read by the timer; a stale value costs a look.
  private volatile long heard;

  // The timer's alone.
  private long asked;

  /// @param promised after which the client has sent something; zero: it promised nothing
  /// @param interval of this node
  KeepAlive(Wire wire, Outbox<Packet> outbox, Duration promised, Duration interval, long now) {
    this.wire = wire;
    this.outbox = outbox;
    this.askEvery = wire.answersPings() ? interval.toNanos() : NEVER;
    // One and a half times what was promised, as the standard says.
    long kept = promised.isZero() ? NEVER : promised.toNanos() * 3 / 2;
    long answered = wire.answersPings() ? SILENT_INTERVALS * interval.toNanos() : NEVER;
    this.silentAfter = promised.isZero() ? answered : kept;
    this.heard = now;
    this.asked = now;
  }

  void heard(long now) {
    heard = now;
  }

  /// Asks where it is due.
  ///
  /// @param isStanding whether we ourselves have stopped reading
  /// @return for how many nanoseconds nothing will be due, or [#GONE]
  long look(long now, boolean isStanding) {
    long blocked = outbox.blockedNanos();
    if (blocked > 0 || isStanding) {
      heard = now;
    }
    if (blocked > 0) {
      return blocked > MAX_BLOCKED_NANOS ? GONE : BLOCKED_LOOK_NANOS;
    }
    if (now - heard >= silentAfter) {
      return GONE;
    }
    if (now - asked >= askEvery) {
      asked = now;
      wire.ping();
    }
    return Math.max(1, Math.min(silentAfter - (now - heard), askEvery - (now - asked)));
  }
}
