package io.belfry.transport;

/// When the timer has to look at a connection again: the soonest time that anybody asked for. Who
/// makes something due earlier while the timer looks is not forgotten. Times are those of a
/// [System#nanoTime()].
public final class Alarm {
  private static final long FAR_NANOS = Long.MAX_VALUE / 2;

  private volatile long at;

  /// An alarm that is due at this time.
  public Alarm(long at) {
    this.at = at;
  }

  /// Asks for a look at this time, if none is to be before.
  public synchronized void set(long time) {
    if (time - at < 0) {
      at = time;
    }
  }

  /// Whether a look is due. It is asked for no longer then: who looks says afterwards when to look
  /// again.
  public boolean isDue(long now) {
    if (now - at < 0) {
      return false;
    }
    synchronized (this) {
      at = now + FAR_NANOS;
    }
    return true;
  }

  /// For how many nanoseconds no look is due.
  public long restNanos(long now) {
    return at - now;
  }
}
