package io.belfry.proof;

import java.util.Random;

/// How a client behaves on one connection.
enum Temper {
  /// Takes and acknowledges at once, then says goodbye.
  TIDY,
  /// Takes and acknowledges at once, then just closes.
  HASTY,
  /// Acknowledges late.
  LATE,
  /// Acknowledges nothing.
  MUTE,
  /// Stops reading for a while.
  DEAF,
  /// Acknowledges at once, then is gone: silent, not reading, not closed.
  VANISHING;

  /// Whether it takes what comes at once, so that its delays are the node's.
  boolean isEager() {
    return this == TIDY || this == HASTY;
  }

  static Temper any(Random random) {
    return values()[random.nextInt(values().length)];
  }
}
