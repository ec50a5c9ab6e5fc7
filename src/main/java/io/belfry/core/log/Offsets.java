package io.belfry.core.log;

import java.time.Instant;

/// Offsets: `max(milliseconds × 1024, last + 1)`. They grow with time, also after a log was
/// emptied, and are exact integers in JavaScript until the year 2248.
public final class Offsets {
  private static final int PER_MILLISECOND = 1024;

  /// The largest that there can be: JavaScript's largest exact integer.
  private static final long MAX = (1L << 53) - 1;

  private Offsets() {}

  /// The offset of an entry that is appended at `now` to a log whose last offset is `last`.
  public static long next(long last, Instant now) {
    return Math.max(now.toEpochMilli() * PER_MILLISECOND, last + 1);
  }

  /// The offset that a client wrote: digits and nothing else. One that is larger than any can be is
  /// the largest, since an offset beyond the last counts as the last.
  ///
  /// @return -1 where the text is no offset
  public static long parse(String text) {
    return Math.min(MAX, Digits.parse(text));
  }
}
