package io.belfry.core.delivery;

import io.belfry.core.log.CursorState;

/// Where a subscription started, and what its device had by then.
///
/// @param offset the first delivery is after it
/// @param cursor the device's cursor at that moment
record Start(long offset, CursorState cursor) {
  /// Whether it started behind its cursor, to read again what is settled.
  boolean rereads() {
    return offset < cursor.settled();
  }

  /// Whether the device has settled this entry and did not ask for it again.
  boolean isSkipped(long entry) {
    return !rereads() && cursor.isSettled(entry);
  }

  /// Whether it was settled and is asked for again.
  boolean isReread(long entry) {
    return rereads() && cursor.isSettled(entry);
  }

  /// Whether the device was sent this entry before and has not settled it.
  boolean isRedelivery(long entry) {
    return entry <= cursor.sent() && !cursor.isSettled(entry);
  }
}
