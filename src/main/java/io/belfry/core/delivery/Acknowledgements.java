package io.belfry.core.delivery;

import io.belfry.core.log.Entry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one subscription has in flight, and what its client says of it. Moves the device's cursor.
///
/// Its monitor is taken before the cursor's, never after.
final class Acknowledgements {
  private final AckMode mode;
  private final boolean repeats;
  private final Cursor cursor;
  private final Connection connection;
  private final DeliverySettings settings;
  private final Counters counters;

  // Null in mode auto, where what is written is settled, and in mode none: nothing is in flight.
  private final @Nullable Window window;

  // Guarded by this monitor: what is not in flight up to here is settled.
  private long readUpTo;

  // Guarded by this monitor: what was dropped in flight, or before it was read.
  private final Gaps gaps = new Gaps();

  Acknowledgements(
      SubscriptionRequest request,
      Cursor cursor,
      Connection connection,
      DeliverySettings settings,
      Counters counters) {
    this.mode = request.ackMode();
    this.repeats = request.repeats();
    this.cursor = cursor;
    this.connection = connection;
    this.settings = settings;
    this.counters = counters;
    this.window =
        switch (mode) {
          case AUTO, NONE -> null;
          case CLIENT, CLIENT_INDIVIDUAL, REQUEST ->
              new Window(request.window(), settings.ackTimeout());
        };
  }

  /// How many entries may be sent now.
  synchronized int room() {
    if (window == null) {
      return Integer.MAX_VALUE;
    }
    // A client to which nothing comes again on this connection may still acknowledge what was
    // dropped.
    return repeats ? window.room() : window.room() - window.dropped();
  }

  /// These are about to be written, maybe none, and all else up to `readUpTo` is settled or gone.
  /// Called before they are: an acknowledgement may be faster than the return of the write.
  synchronized void register(List<Entry> entries, long readUpTo, Start start) {
    this.readUpTo = readUpTo;
    if (!entries.isEmpty()) {
      cursor.sent(entries.getLast().offset());
    }
    if (window == null) {
      return;
    }
    long now = connection.takingNanos();
    for (Entry entry : entries) {
      long offset = entry.offset();
      if (start.isReread(offset)) {
        window.reread(offset, now);
      } else if (!cursor.isSettled(offset)) {
        window.register(offset, Flight.Kind.DELIVERED, now);
      }
    }
    cursor.joinBelow(unsettled(window));
  }

  // Below it everything is settled.
  private long unsettled(Window window) {
    Long oldest = window.oldestUnsettled();
    long inFlight = oldest == null ? readUpTo + 1 : oldest;
    long bound = gaps.bound();
    return bound < inFlight ? bound + 1 : inFlight;
  }

  /// What comes after `position` was dropped up to `trimmed` before it was read. Called before what
  /// was read is registered.
  synchronized void missed(long position, long trimmed) {
    gaps.add(position, !cursor.hasReached(trimmed));
  }

  /// All of it that is in flight up to `offset` was dropped by `max-messages`.
  synchronized void dropped(long offset) {
    Long lowest = window == null ? null : window.drop(offset);
    if (lowest != null) {
      gaps.add(lowest - 1, true);
    }
  }

  /// The position before what was dropped, [Delivery#NO_GAP] where there is nothing to tell of;
  /// `teller` is the next message, and tells of it.
  synchronized long tellLost(long teller) {
    long after = gaps.tell(teller);
    if (window == null) {
      // What is written is settled.
      var ignored = gaps.forget(_ -> true);
    }
    return after;
  }

  /// A dead letter is about to be written once more.
  ///
  /// @return false where it is in flight already
  synchronized boolean registerRedeemed(long offset) {
    if (window == null) {
      return true;
    }
    return window.redeem(offset, connection.takingNanos());
  }

  /// Where this dead letter is in flight already it is not to be sent, and where it is being read
  /// again that redeems it.
  ///
  /// @return whether it is
  synchronized boolean redeemInFlight(long offset) {
    return window != null
        && window.get(offset) != null
        && !window.redeem(offset, connection.takingNanos());
  }

  /// These have been written, and the log was looked at up to `readUpTo`.
  void written(int entries, long readUpTo) {
    if (window == null && entries > 0) {
      cursor.settleThrough(readUpTo);
      cursor.tellOthers(this);
    }
  }

  /// Whether a redeemed dead letter is in flight.
  synchronized boolean hasRedeemed() {
    return window != null && window.hasRedeemed();
  }

  /// Of redeemed dead letters these alone are not settled.
  synchronized void retainRedeemed(List<Long> offsets) {
    if (window != null) {
      window.retainRedeemed(offsets);
    }
  }

  /// A redeemed dead letter has been written.
  void redeemedWritten(long offset) {
    if (window == null) {
      cursor.settleRedeemed(offset);
    }
  }

  /// The client has this entry; where that is cumulative, with all that was delivered up to it.
  void acknowledge(long offset) {
    int settled;
    synchronized (this) {
      if (window == null) {
        return;
      }
      List<Flight> flights =
          mode.isCumulative() ? window.removeUpTo(offset) : single(window.remove(offset));
      settle(window, flights);
      settleLost(window);
      settled = flights.size();
    }
    if (settled > 0) {
      counters.acknowledged.add(settled);
      cursor.tellOthers(this);
    }
  }

  // Whoever has what tells of it has no use for it any more.
  private void settleLost(Window window) {
    List<Long> had = gaps.forget(teller -> window.get(teller) == null);
    if (!had.isEmpty()) {
      had.forEach(teller -> settle(window, window.removeDropped(teller)));
      cursor.joinBelow(unsettled(window));
    }
  }

  /// The client refuses this entry; where that is cumulative, with all that was delivered up to it.
  synchronized void refuse(long offset) {
    if (window == null) {
      return;
    }
    List<Flight> flights =
        mode.isCumulative() ? window.notWaitingUpTo(offset) : single(window.get(offset));
    for (Flight flight : flights) {
      if (!flight.isWaiting() && flight.kind() != Flight.Kind.DROPPED) {
        int nacks = nacks(flight);
        window.refuse(flight, nacks, connection.takingNanos());
        if (nacks >= settings.maxDeliveries()) {
          window.hurry(flight, connection.takingNanos());
        }
        counters.refused.increment();
      }
    }
  }

  // How often it was refused, once more included.
  private int nacks(Flight flight) {
    boolean isKept = flight.kind() == Flight.Kind.DELIVERED;
    return isKept ? cursor.refused(flight.offset) : flight.nacks() + 1;
  }

  /// The client will never take this entry: it is to become a dead letter at once.
  synchronized void reject(long offset, String reason) {
    Flight flight = window == null ? null : window.get(offset);
    if (window != null && flight != null && flight.kind() != Flight.Kind.DROPPED) {
      window.reject(flight, nacks(flight), reason, connection.takingNanos());
      counters.refused.increment();
    }
  }

  /// It is settled without the client: expired, retracted, or a dead letter by now. Where it was
  /// delivered once more, the store has ended that: to tell it later could end another time.
  synchronized void giveUp(Flight flight) {
    if (window != null
        && window.remove(flight.offset) != null
        && flight.kind() == Flight.Kind.DELIVERED) {
      settle(window, List.of(flight));
    }
  }

  /// Another connection of the device has settled something.
  synchronized void settledElsewhere() {
    if (window != null) {
      window.removeSettled(cursor);
      cursor.joinBelow(unsettled(window));
    }
  }

  /// A request may have been missed that acknowledged what is read again, which no cursor tells.
  synchronized void doubt() {
    if (window != null && mode == AckMode.REQUEST) {
      window.removeReread();
    }
  }

  synchronized List<Flight> due() {
    return window == null ? List.of() : window.due(connection.takingNanos());
  }

  synchronized long nextDue() {
    return window == null ? Long.MAX_VALUE : window.nextDue();
  }

  /// It is about to be sent again, or was looked at where nothing comes again on this connection.
  ///
  /// @return false in that case, and where it was settled meanwhile
  synchronized boolean resend(Flight flight) {
    if (window == null || window.get(flight.offset) != flight) {
      return false;
    }
    window.resent(flight, connection.takingNanos());
    return repeats;
  }

  /// Whether it was refused for good, or as often as a device may.
  boolean isDead(Flight flight) {
    return flight.isWaiting()
        && (flight.rejection() != null || flight.nacks() >= settings.maxDeliveries());
  }

  private void settle(Window window, List<Flight> flights) {
    List<Long> offsets = new ArrayList<>(flights.size());
    for (Flight flight : flights) {
      switch (flight.kind()) {
        case DELIVERED, DROPPED -> offsets.add(flight.offset);
        case REDEEMED -> cursor.settleRedeemed(flight.offset);
        case REREAD -> {}
      }
    }
    if (!offsets.isEmpty()) {
      cursor.settle(offsets, unsettled(window));
    }
  }

  private static List<Flight> single(@Nullable Flight flight) {
    return flight == null ? List.of() : List.of(flight);
  }
}
