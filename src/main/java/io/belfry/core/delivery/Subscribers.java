package io.belfry.core.delivery;

import java.util.Arrays;

/// The subscriptions of one feed, in no order. Each knows its own place, so that ten thousand may
/// leave without anybody looking for them.
///
/// Not safe for use by several threads: the feed guards it.
final class Subscribers {
  // Of so many there is always one that is behind.
  private static final int MANY = 16;

  private Subscription[] all = new Subscription[1];
  private int count;

  boolean isEmpty() {
    return count == 0;
  }

  void add(Subscription subscription) {
    if (count == all.length) {
      all = Arrays.copyOf(all, count * 2);
    }
    subscription.place = count;
    all[count++] = subscription;
  }

  /// Idempotent.
  void remove(Subscription subscription) {
    int place = subscription.place;
    if (place < 0) {
      return;
    }
    subscription.place = -1;
    Subscription moved = all[--count];
    all[place] = moved;
    if (moved != subscription) {
      moved.place = place;
    }
    Arrays.fill(all, count, count + 1, null);
  }

  /// Those that are there now.
  Subscription[] all() {
    return count == 1 ? new Subscription[] {all[0]} : Arrays.copyOf(all, count);
  }

  /// Whether nobody needs what is in the log up to this offset; not found out where they are many.
  boolean haveReached(long offset) {
    if (count > MANY) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!all[i].hasReached(offset)) {
        return false;
      }
    }
    return true;
  }

  /// Calls each whose redelivery may be due.
  ///
  /// @return whether one is to be called again
  boolean tick() {
    boolean again = false;
    for (int i = 0; i < count; i++) {
      again |= all[i].tick();
    }
    return again;
  }
}
