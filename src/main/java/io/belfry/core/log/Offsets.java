package io.belfry.core.log;

import java.time.Instant;

/// Offsets: `max(milliseconds × 1024, last + 1)`. They grow with time, also after a log was
/// emptied, and are exact integers in JavaScript until the year 2248.
public final class Offsets {
  private static final int PER_MILLISECOND = 1024;

  private Offsets() {}

  /// The offset of an entry that is appended at `now` to a log whose last offset is `last`.
  public static long next(long last, Instant now) {
    return Math.max(now.toEpochMilli() * PER_MILLISECOND, last + 1);
  }
}
