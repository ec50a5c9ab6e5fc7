package io.belfry.transport.mqtt;

import io.belfry.core.delivery.Subscription;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The packet identifiers of what was sent to one client and not acknowledged: as many as its
/// Receive Maximum allows, whatever the windows of its subscriptions together would.
final class PacketIds {
  /// No identifier: the connection has ended, or none is free now.
  static final int NONE = 0;

  private static final int HIGHEST = 65_535;

  /// What an identifier stands for.
  record InFlight(Subscription subscription, long offset) {}

  private final int max;

  // All below is guarded by this monitor.
  private @Nullable Map<Integer, InFlight> inFlight;
  private int last;
  private boolean closed;

  /// @param max 1 to 65,535
  PacketIds(int max) {
    this.max = max;
  }

  /// An identifier; waits until one is free. Blocks.
  ///
  /// @return [#NONE] where the connection has ended
  synchronized int take(Subscription subscription, long offset) throws InterruptedException {
    while (!closed && isFull()) {
      wait();
    }
    return tryTake(subscription, offset);
  }

  /// An identifier, or [#NONE] where none is free now. Does not block.
  synchronized int tryTake(Subscription subscription, long offset) {
    if (closed || isFull()) {
      return NONE;
    }
    Map<Integer, InFlight> all = inFlight == null ? new HashMap<>() : inFlight;
    inFlight = all;
    do {
      last = last % HIGHEST + 1;
    } while (all.containsKey(last));
    all.put(last, new InFlight(subscription, offset));
    return last;
  }

  /// What this identifier stood for; it is free again. Null where it stood for nothing.
  synchronized @Nullable InFlight release(int id) {
    InFlight known = inFlight == null ? null : inFlight.remove(id);
    if (inFlight != null && inFlight.isEmpty()) {
      inFlight = null;
    }
    notifyAll();
    return known;
  }

  /// Lets go who waits. Idempotent.
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  private boolean isFull() {
    return inFlight != null && inFlight.size() >= max;
  }
}
