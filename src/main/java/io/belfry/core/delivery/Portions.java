package io.belfry.core.delivery;

import java.util.function.Consumer;

/// Wakes a few subscriptions on the spot and hands many over, so that the ten thousand subscribers
/// of one topic delay no other bell.
final class Portions {
  private static final int ON_THE_SPOT = 16;
  private static final int PORTION = 256;

  private Portions() {}

  /// Calls `action`, which must not block, for each; in no order where there are many.
  static void each(Subscription[] all, Consumer<Subscription> action) {
    if (all.length <= ON_THE_SPOT) {
      range(all, 0, all.length, action);
      return;
    }
    for (int from = 0; from < all.length; from += PORTION) {
      int start = from;
      int end = Math.min(all.length, from + PORTION);
      Thread.startVirtualThread(() -> range(all, start, end, action));
    }
  }

  private static void range(Subscription[] all, int from, int to, Consumer<Subscription> action) {
    for (int i = from; i < to; i++) {
      action.accept(all[i]);
    }
  }
}
