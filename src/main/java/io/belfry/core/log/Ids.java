package io.belfry.core.log;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Ids of messages and sessions: 13 to 26 of `a-z 0-9`, unique among all nodes, of no meaning and
/// in no order but [#isLater].
public final class Ids {
  // 64 random bits tell this run of this node from every other; a counter does the rest.
  private static final String PREFIX =
      Long.toUnsignedString(new SecureRandom().nextLong() | Long.MIN_VALUE, 36);
  private static final AtomicLong COUNTER = new AtomicLong();

  private Ids() {}

  public static String next() {
    return PREFIX + Long.toUnsignedString(COUNTER.getAndIncrement(), 36);
  }

  /// Whether `id` was made after `other`, where one run of one node made both.
  public static boolean isLater(String id, String other) {
    return id.length() == other.length() ? id.compareTo(other) > 0 : id.length() > other.length();
  }
}
