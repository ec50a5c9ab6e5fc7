package io.belfry.core.delivery;

import io.belfry.core.log.Entry;

/// One entry on its way to one subscription.
///
/// @param entry what is delivered
/// @param redelivered whether it was written to this device before and comes again
/// @param gapAfter the position before a hole that `max-messages` made right before this entry, or
///   [#NO_GAP]
public record Delivery(Entry entry, boolean redelivered, long gapAfter) {
  /// There is no hole before this entry.
  public static final long NO_GAP = -1;

  public boolean hasGap() {
    return gapAfter != NO_GAP;
  }
}
