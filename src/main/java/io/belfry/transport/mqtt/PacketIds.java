package io.belfry.transport.mqtt;

import io.belfry.core.delivery.Subscription;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The packet identifiers of what was sent to one client and not acknowledged: as many as its
/// Receive Maximum allows, whatever the windows of its subscriptions together would. What an
/// earlier connection of the session was sent comes again under the identifier that it had.
final class PacketIds {
  /// No identifier: the connection has ended, or none is free now.
  static final int NONE = 0;

  private static final int HIGHEST = 65_535;

  /// What an identifier stands for.
  record InFlight(Subscription subscription, String topic, long offset) {}

  private final int max;

  // All below is guarded by this monitor.
  private @Nullable Map<Integer, InFlight> inFlight;
  private List<SavedSession.Sent> earlier = List.of();
  private int reserved;
  private int last;
  private boolean closed;

  /// @param max 1 to 65,535
  PacketIds(int max) {
    this.max = max;
    // A client may acknowledge only now what an earlier connection was sent: that must not be taken
    // for something else.
    this.last = ThreadLocalRandom.current().nextInt(HIGHEST);
  }

  /// Keeps these identifiers for what comes again. Called before anything is taken.
  synchronized void keep(List<SavedSession.Sent> sent) {
    earlier = List.copyOf(sent);
  }

  /// Reserves up to `most` identifiers; waits until one is free. Blocks.
  ///
  /// @return how many; 0 where the connection has ended
  synchronized int reserve(int most) throws InterruptedException {
    while (!closed && free() <= 0) {
      wait();
    }
    int now = closed ? 0 : Math.min(most, free());
    reserved += now;
    return now;
  }

  /// So many of the reserved ones are not needed. Does not block.
  synchronized void giveBack(int count) {
    reserved -= count;
    notifyAll();
  }

  /// One of the reserved ones, or [#NONE] where the connection has ended. Does not block.
  synchronized int takeReserved(InFlight next) {
    if (closed) {
      return NONE;
    }
    reserved--;
    return put(next);
  }

  /// An identifier; waits until one is free. Blocks.
  ///
  /// @return [#NONE] where the connection has ended
  synchronized int take(InFlight next) throws InterruptedException {
    while (!closed && free() <= 0) {
      wait();
    }
    return tryTake(next);
  }

  /// An identifier, or [#NONE] where none is free now. Does not block.
  synchronized int tryTake(InFlight next) {
    return closed || free() <= 0 ? NONE : put(next);
  }

  private int put(InFlight next) {
    Map<Integer, InFlight> all = inFlight == null ? new HashMap<>() : inFlight;
    inFlight = all;
    int id = kept(next);
    if (id == NONE || all.containsKey(id)) {
      do {
        last = last % HIGHEST + 1;
      } while (all.containsKey(last) || isKept(last));
      id = last;
    }
    all.put(id, next);
    return id;
  }

  /// Whether anything of this topic is in flight.
  synchronized boolean holds(String topic) {
    return inFlight != null && inFlight.values().stream().anyMatch(s -> s.topic().equals(topic));
  }

  /// What was sent on this connection and is not acknowledged is not sent again on it, although its
  /// topic was subscribed to anew: its acknowledgement is the newer subscription's from now on.
  ///
  /// @return whether it is such a one
  synchronized boolean adopt(InFlight next) {
    if (inFlight == null) {
      return false;
    }
    for (Map.Entry<Integer, InFlight> known : inFlight.entrySet()) {
      InFlight sent = known.getValue();
      if (sent.offset() == next.offset() && sent.topic().equals(next.topic())) {
        known.setValue(next);
        return true;
      }
    }
    return false;
  }

  // A log comes in order: what is before this one will not come again.
  private int kept(InFlight next) {
    if (earlier.isEmpty()) {
      return NONE;
    }
    int id = NONE;
    List<SavedSession.Sent> left = new ArrayList<>(earlier.size());
    for (SavedSession.Sent sent : earlier) {
      boolean isSame = sent.topic().equals(next.topic());
      if (!isSame || sent.offset() > next.offset()) {
        left.add(sent);
      } else if (sent.offset() == next.offset()) {
        id = sent.id();
      }
    }
    earlier = left;
    return id;
  }

  private boolean isKept(int id) {
    return earlier.stream().anyMatch(sent -> sent.id() == id);
  }

  /// What was sent and not acknowledged, oldest first.
  synchronized List<SavedSession.Sent> sent() {
    List<SavedSession.Sent> sent = new ArrayList<>(earlier);
    if (inFlight != null) {
      inFlight.forEach(
          (id, what) -> sent.add(new SavedSession.Sent(what.topic(), what.offset(), id)));
    }
    sent.sort(Comparator.comparingLong(SavedSession.Sent::offset));
    return sent;
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

  private int free() {
    int taken = inFlight == null ? 0 : inFlight.size();
    return Math.min(max, HIGHEST - earlier.size()) - taken - reserved;
  }
}
