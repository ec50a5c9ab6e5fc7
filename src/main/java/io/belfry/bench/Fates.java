package io.belfry.bench;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/// What is known of each numbered message: whether its push was accepted, and whether it arrived.
/// Two bits for each, whichever of the two is known first. Safe for threads.
final class Fates {
  static final int ACCEPTED = 1;
  static final int ARRIVED = 2;
  private static final int MASK = 3;
  private static final int BITS = 2;
  private static final int IN_A_WORD = Long.SIZE / BITS;
  private static final int WORDS = 4096;

  private final ConcurrentHashMap<Long, AtomicLongArray> pages = new ConcurrentHashMap<>();

  /// Adds what has become known.
  ///
  /// @param fate [#ACCEPTED] or [#ARRIVED]
  /// @return what was known before, of both
  int add(long number, int fate) {
    long word = number / IN_A_WORD;
    int shift = BITS * (int) (number % IN_A_WORD);
    AtomicLongArray page =
        pages.computeIfAbsent(word / WORDS, created -> new AtomicLongArray(WORDS));
    long before = page.getAndUpdate((int) (word % WORDS), bits -> bits | (long) fate << shift);
    return (int) (before >>> shift) & MASK;
  }
}
