package io.belfry.store.embedded;

import java.util.Arrays;

/// What `max-messages` dropped from a log before its time: offsets, and until when each would have
/// lived. It counts no longer then, since what expired is no gap.
///
/// Kept are those alone that can still be the highest unexpired one: going up in offset, they go
/// down in time. Where all entries live equally long that is one; there are at most [#MAX], and
/// where there would be more, two neighbours become one that counts as long as the longer of them:
/// a gap may then be spoken that was none, never the other way round.
final class Trimmed {
  static final Trimmed NONE = new Trimmed(new long[0]);

  private static final int MAX = 8;

  // offset, until, offset, until, …
  private final long[] steps;

  private Trimmed(long[] steps) {
    this.steps = steps;
  }

  /// The highest offset that counts at `now` (milliseconds), 0 where none does.
  long at(long now) {
    for (int i = steps.length - 2; i >= 0; i -= 2) {
      if (now < steps[i + 1]) {
        return steps[i];
      }
    }
    return 0;
  }

  /// With one more, higher than all before.
  Trimmed plus(long offset, long until) {
    int kept = steps.length;
    while (kept > 0 && steps[kept - 1] <= until) {
      kept -= 2;
    }
    if (kept == 2 * MAX) {
      long[] full = steps.clone();
      full[kept - 2] = offset;
      return new Trimmed(full);
    }
    long[] more = Arrays.copyOf(steps, kept + 2);
    more[kept] = offset;
    more[kept + 1] = until;
    return new Trimmed(more);
  }

  void write(ByteWriter writer) {
    writer.varint(steps.length / 2);
    for (long step : steps) {
      writer.varint(step);
    }
  }

  static Trimmed read(ByteReader reader) {
    int count = reader.count(2);
    if (count == 0) {
      return NONE;
    }
    if (count > MAX) {
      throw reader.damaged("it has too many steps");
    }
    long[] steps = new long[2 * count];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = reader.varint();
    }
    return new Trimmed(steps);
  }
}
