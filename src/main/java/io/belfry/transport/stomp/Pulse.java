package io.belfry.transport.stomp;

import io.belfry.core.delivery.Outbox;
import io.belfry.transport.KeepAlive;
import io.belfry.transport.Packet;
import io.belfry.transport.Wire;
import java.util.concurrent.TimeUnit;

/// The heart-beats of one session, both ways: the client's keep it alive, and ours come where
/// nothing else was written.
final class Pulse {
  private final Outbox<Packet> outbox;
  private final KeepAlive keepAlive;
  private final long writeEvery;

  // Written by whoever writes, read by the timer; a stale value costs a look.
  private volatile long written;

  /// @param interval of this node, in nanoseconds
  /// @param beats what was agreed upon
  Pulse(Wire wire, Outbox<Packet> outbox, long interval, HeartBeat beats, long now) {
    long expected = millis(beats.fromClient());
    long counted = wire.answersPings() ? Math.max(interval, expected) : expected;
    long silentAfter = counted == 0 ? KeepAlive.NEVER : KeepAlive.SILENT_INTERVALS * counted;
    this.outbox = outbox;
    this.keepAlive = new KeepAlive(wire, outbox, interval, silentAfter, now);
    // Early enough that a late timer is still in time.
    this.writeEvery =
        beats.toClient() == 0 ? KeepAlive.NEVER : millis(Math.max(beats.toClient(), 1)) / 4 * 3;
    this.written = now;
  }

  private static long millis(long millis) {
    // A client may name any number: a year is never.
    return TimeUnit.MILLISECONDS.toNanos(Math.min(millis, TimeUnit.DAYS.toMillis(365)));
  }

  void heard(long now) {
    keepAlive.heard(now);
  }

  void wrote(long now) {
    written = now;
  }

  /// Asks and beats where it is due.
  ///
  /// @param isStanding whether we ourselves have stopped reading
  /// @return for how many nanoseconds nothing will be due, or [KeepAlive#GONE]
  long look(long now, boolean isStanding) {
    long next = keepAlive.look(now, isStanding);
    if (next == KeepAlive.GONE || outbox.blockedNanos() > 0) {
      return next;
    }
    if (now - written >= writeEvery) {
      outbox.control(ServerFrames.HEART_BEAT, ServerFrames.HEART_BEAT.bytes().length);
    }
    return Math.max(1, Math.min(next, writeEvery - (now - written)));
  }
}
