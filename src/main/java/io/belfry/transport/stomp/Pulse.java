package io.belfry.transport.stomp;

import io.belfry.core.delivery.Outbox;
import io.belfry.transport.Packet;
import io.belfry.transport.Wire;
import java.util.concurrent.TimeUnit;

/// The heart-beats of one session, both ways: what was last heard and written, what is due because
/// of that, and whether the client is gone.
final class Pulse {
  /// What [#look] answers where the client is gone.
  static final long GONE = 0;

  /// While our own writes are blocked silence does not count, for so long.
  static final long MAX_BLOCKED_NANOS = TimeUnit.MINUTES.toNanos(5);

  private static final long BLOCKED_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int SILENT_INTERVALS = 3;

  private final Wire wire;
  private final Outbox<Packet> outbox;
  private final long askEvery;
  private final long writeEvery;
  private final long silentAfter;

  // Written by whoever reads or writes, read by the timer; a stale value costs a look.
  private volatile long heard;
  private volatile long written;

  // The timer's alone.
  private long asked;

  /// @param interval of this node, in nanoseconds
  /// @param beats what was agreed upon
  Pulse(Wire wire, Outbox<Packet> outbox, long interval, HeartBeat beats, long now) {
    this.wire = wire;
    this.outbox = outbox;
    this.askEvery = wire.answersPings() ? interval : Long.MAX_VALUE;
    // Early enough that a late timer is still in time.
    this.writeEvery =
        beats.toClient() == 0 ? Long.MAX_VALUE : millis(Math.max(beats.toClient(), 1)) / 4 * 3;
    long expected = millis(beats.fromClient());
    long counted = wire.answersPings() ? Math.max(interval, expected) : expected;
    this.silentAfter = counted == 0 ? Long.MAX_VALUE : SILENT_INTERVALS * counted;
    this.heard = now;
    this.written = now;
    this.asked = now;
  }

  private static long millis(long millis) {
    // A client may name any number: a century is never.
    return TimeUnit.MILLISECONDS.toNanos(Math.min(millis, TimeUnit.DAYS.toMillis(36_500) / 100));
  }

  void heard(long now) {
    heard = now;
  }

  void wrote(long now) {
    written = now;
  }

  /// Asks and beats where it is due.
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
    if (now - written >= writeEvery) {
      outbox.control(ServerFrames.HEART_BEAT, ServerFrames.HEART_BEAT.bytes().length);
    }
    long next = Math.min(silentAfter - (now - heard), askEvery - (now - asked));
    return Math.max(1, Math.min(next, writeEvery - (now - written)));
  }
}
