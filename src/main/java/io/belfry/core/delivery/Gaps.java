package io.belfry.core.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// What one subscription has lost to `max-messages`: each gap until its client has the message that
/// tells of it. What is lost before any message has told of it is one gap.
///
/// Not safe for threads: guarded by whoever has it.
final class Gaps {
  static final long NONE = Long.MAX_VALUE;

  /// @param after the position before it
  /// @param holds whether the cursor stays before it
  /// @param teller the offset of the message that tells of it
  private record Gap(long after, boolean holds, long teller) {}

  private @Nullable Gap untold;
  private @Nullable List<Gap> told;

  /// What comes after `position` is lost.
  ///
  /// @param holds whether the cursor has to stay before it until it is told
  void add(long position, boolean holds) {
    Gap known = untold;
    untold =
        known == null
            ? new Gap(position, holds, NONE)
            : new Gap(Math.min(known.after, position), known.holds || holds, NONE);
  }

  /// The position before what is lost, [Delivery#NO_GAP] where there is nothing to tell of;
  /// `teller` is the next message, and tells of it.
  long tell(long teller) {
    Gap gap = untold;
    if (gap == null) {
      return Delivery.NO_GAP;
    }
    untold = null;
    if (told == null) {
      told = new ArrayList<>(1);
    }
    told.add(new Gap(gap.after, gap.holds, teller));
    return gap.after;
  }

  /// Forgets what the client has been told of.
  ///
  /// @param had whether it has the message of this offset
  /// @return the messages that told of it
  List<Long> forget(LongPredicate had) {
    if (told == null) {
      return List.of();
    }
    List<Long> tellers = told.stream().map(Gap::teller).filter(had::test).toList();
    told.removeIf(gap -> tellers.contains(gap.teller));
    told = told.isEmpty() ? null : told;
    return tellers;
  }

  /// The position beyond which the cursor must not go, [#NONE] where there is none.
  long bound() {
    long bound = untold != null && untold.holds ? untold.after : NONE;
    if (told != null) {
      for (Gap gap : told) {
        bound = gap.holds ? Math.min(bound, gap.after) : bound;
      }
    }
    return bound;
  }
}
