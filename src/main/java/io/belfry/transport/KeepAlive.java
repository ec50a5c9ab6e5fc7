package io.belfry.transport;

import io.belfry.core.delivery.Outbox;
import java.util.concurrent.TimeUnit;

/// Whether one client is still there: what was last heard of it, and when it is asked. While our
/// own writes are blocked silence does not count, for at most 5 minutes.
public final class KeepAlive {
  /// What [#look] answers where the client is gone.
  public static final long GONE = 0;

  /// As an interval: a century.
  public static final long NEVER = TimeUnit.DAYS.toNanos(36_500);

  /// An interval in which nothing was heard may be chance; so many are not.
  public static final int SILENT_INTERVALS = 3;

  private static final long MAX_BLOCKED_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final long BLOCKED_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Wire wire;
  private final Outbox<Packet> outbox;
  private final long askEvery;
  private final long silentAfter;

  // Written by whoever reads, read by the timer; a stale value costs a look.
  private volatile long heard;

  // The timer's alone.
  private long asked;

  /// @param interval in nanoseconds, after which a client that answers is asked
  /// @param silentAfter in nanoseconds, after which a silent client is gone
  public KeepAlive(Wire wire, Outbox<Packet> outbox, long interval, long silentAfter, long now) {
    this.wire = wire;
    this.outbox = outbox;
    this.askEvery = wire.answersPings() ? interval : NEVER;
    this.silentAfter = silentAfter;
    this.heard = now;
    this.asked = now;
  }

  public void heard(long now) {
    heard = now;
  }

  /// Asks where it is due. The timer's alone.
  ///
  /// @param isStanding whether we ourselves have stopped reading
  /// @return for how many nanoseconds nothing will be due, or [#GONE]
  public long look(long now, boolean isStanding) {
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
