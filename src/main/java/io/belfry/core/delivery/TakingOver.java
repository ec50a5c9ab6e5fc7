package io.belfry.core.delivery;

import java.util.HashSet;
import java.util.Set;

/// A take-over by a session of this node. All nodes hear all take-overs in one order, so that of
/// sessions that take one another over at once, on nodes with clocks of their own, the one that is
/// heard last is the newest: what is heard before this one is of an older session.
final class TakingOver {
  private final Set<String> before = new HashSet<>();
  private boolean heard;

  /// This one is heard now.
  ///
  /// @return whether there is nothing to remember of it
  synchronized boolean hear() {
    heard = true;
    return before.isEmpty();
  }

  /// One by another session is heard now, maybe once more.
  ///
  /// @return whether it came before this one
  synchronized boolean isAfter(String session) {
    if (!heard) {
      before.add(session);
    }
    return before.contains(session);
  }
}
