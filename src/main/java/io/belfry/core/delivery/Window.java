package io.belfry.core.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What is in flight on one subscription: offsets that were sent and are not settled, never bodies.
///
/// Times are those of the connection's clock, which stands while the client takes no bytes. Not
/// safe for use by several threads: the subscription guards it.
final class Window {
  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);

  private final int size;
  private final long timeout;
  private final TreeMap<Long, Flight> flights = new TreeMap<>();
  private int waiting;
  private int dropped;

  Window(int size, Duration ackTimeout) {
    this.size = size;
    this.timeout = ackTimeout.toNanos();
  }

  /// How many more may be sent.
  int room() {
    return size - flights.size() + dropped;
  }

  /// How many of those in flight were dropped.
  int dropped() {
    return dropped;
  }

  boolean isEmpty() {
    return flights.isEmpty();
  }

  @Nullable Flight get(long offset) {
    return flights.get(offset);
  }

  void register(long offset, Flight.Kind kind, long now) {
    flights.put(offset, new Flight(offset, kind, now));
  }

  /// It is sent once more although it is settled. One that is a redeemed dead letter too stays
  /// that.
  void reread(long offset, long now) {
    if (!flights.containsKey(offset)) {
      register(offset, Flight.Kind.REREAD, now);
    }
  }

  /// It is a dead letter that is to be sent once more. One that is being read again becomes that.
  ///
  /// @return false where it is in flight already
  boolean redeem(long offset, long now) {
    Flight known = flights.get(offset);
    if (known == null) {
      register(offset, Flight.Kind.REDEEMED, now);
    } else if (known.kind == Flight.Kind.REREAD) {
      known.kind = Flight.Kind.REDEEMED;
    }
    return known == null;
  }

  /// Takes it out of the window.
  @Nullable Flight remove(long offset) {
    Flight gone = flights.remove(offset);
    if (gone != null) {
      uncount(gone);
    }
    return gone;
  }

  private void uncount(Flight gone) {
    waiting -= gone.waiting ? 1 : 0;
    dropped -= gone.kind == Flight.Kind.DROPPED ? 1 : 0;
  }

  /// What is delivered up to `offset` was dropped. As much of that as fits into the window is kept,
  /// however long its client stays silent, and where it begins.
  ///
  /// @return the lowest that was dropped by now; null where none is that was not before
  @Nullable Long drop(long offset) {
    int before = dropped;
    for (Flight flight : flights.headMap(offset, true).values()) {
      if (flight.kind == Flight.Kind.DELIVERED) {
        waiting -= flight.waiting ? 1 : 0;
        flight.waiting = false;
        flight.kind = Flight.Kind.DROPPED;
        dropped++;
      }
    }
    if (dropped == before) {
      return null;
    }
    List<Long> all =
        flights.values().stream()
            .filter(f -> f.kind == Flight.Kind.DROPPED)
            .map(f -> f.offset)
            .toList();
    all.subList(1, Math.max(1, all.size() - size)).forEach(this::remove);
    return all.getFirst();
  }

  /// Takes out what was dropped up to `offset`.
  List<Flight> removeDropped(long offset) {
    return removeIf(offset, f -> f.kind == Flight.Kind.DROPPED);
  }

  /// Takes out what a cumulative acknowledgement of `offset` settles: what was delivered up to it,
  /// but for what waits after a NACK and what was sent only after it.
  List<Flight> removeUpTo(long offset) {
    Flight last = flights.get(offset);
    long sent = last == null ? Long.MIN_VALUE : last.sentAt;
    return removeIf(
        offset,
        f ->
            !f.waiting
                && (f.kind != Flight.Kind.REDEEMED || f.offset == offset || f.sentAt < sent));
  }

  /// Takes out what another connection of the device settled.
  void removeSettled(Cursor cursor) {
    List<Long> redeemed = cursor.redeemed();
    removeIf(
        Long.MAX_VALUE,
        f ->
            switch (f.kind) {
              case DELIVERED, DROPPED -> cursor.isSettled(f.offset);
              case REDEEMED -> redeemed.contains(f.offset);
              case REREAD -> false;
            });
  }

  boolean hasRedeemed() {
    return flights.values().stream().anyMatch(f -> f.kind == Flight.Kind.REDEEMED);
  }

  /// Takes out the redeemed dead letters that are none of these.
  void retainRedeemed(List<Long> offsets) {
    removeIf(Long.MAX_VALUE, f -> f.kind == Flight.Kind.REDEEMED && !offsets.contains(f.offset));
  }

  /// Takes out what is read again.
  void removeReread() {
    removeIf(Long.MAX_VALUE, f -> f.kind == Flight.Kind.REREAD);
  }

  private List<Flight> removeIf(long upTo, Predicate<Flight> which) {
    List<Flight> gone = new ArrayList<>();
    var all = flights.headMap(upTo, true).values().iterator();
    while (all.hasNext()) {
      Flight flight = all.next();
      if (which.test(flight)) {
        all.remove();
        uncount(flight);
        gone.add(flight);
      }
    }
    return gone;
  }

  /// What a cumulative refusal of `offset` refuses.
  List<Flight> notWaitingUpTo(long offset) {
    return flights.headMap(offset, true).values().stream()
        .filter(f -> !f.waiting && f.kind != Flight.Kind.DROPPED)
        .toList();
  }

  /// The lowest unsettled offset of those that the cursor waits for, or null.
  @Nullable Long oldestUnsettled() {
    for (Flight flight : flights.values()) {
      if (flight.kind == Flight.Kind.DELIVERED || flight.kind == Flight.Kind.DROPPED) {
        return flight.offset;
      }
    }
    return null;
  }

  /// It was refused for the `nacks`th time: it comes again after a backoff.
  void refuse(Flight flight, int nacks, long now) {
    long backoff = FIRST_BACKOFF.toNanos() << Math.min(Math.max(nacks, 1) - 1, 20);
    flight.nacks = nacks;
    flight.due = now + Math.min(backoff, timeout);
    if (!flight.waiting) {
      flight.waiting = true;
      waiting++;
    }
  }

  /// It was refused for good: it is to be looked at at once.
  void reject(Flight flight, int nacks, String reason, long now) {
    flight.rejection = reason;
    refuse(flight, nacks, now);
    hurry(flight, now);
  }

  /// It is to be looked at at once.
  void hurry(Flight flight, long now) {
    refuse(flight, flight.nacks, now);
    flight.due = now;
  }

  /// It is sent again.
  void resent(Flight flight, long now) {
    if (flight.waiting) {
      flight.waiting = false;
      waiting--;
    } else {
      flight.timeouts++;
    }
    flight.sentAt = now;
    flight.due = Long.MAX_VALUE;
  }

  /// When the next redelivery is due, [Long#MAX_VALUE] where none is.
  long nextDue() {
    Flight oldest = oldestToRepeat();
    long due = oldest == null ? Long.MAX_VALUE : oldest.timeOut(timeout);
    if (waiting > 0) {
      for (Flight flight : flights.values()) {
        due = Math.min(due, flight.waiting ? flight.due : Long.MAX_VALUE);
      }
    }
    return due;
  }

  /// What is to be sent again now: what was refused and has waited, and the oldest unsettled one
  /// where its time is over.
  List<Flight> due(long now) {
    List<Flight> due = new ArrayList<>();
    Flight oldest = oldestToRepeat();
    if (oldest != null && oldest.timeOut(timeout) <= now) {
      due.add(oldest);
    }
    if (waiting > 0) {
      flights.values().stream().filter(f -> f.waiting && f.due <= now).forEach(due::add);
    }
    return due;
  }

  private @Nullable Flight oldestToRepeat() {
    for (Flight flight : flights.values()) {
      if (flight.kind != Flight.Kind.REREAD
          && flight.kind != Flight.Kind.DROPPED
          && !flight.waiting) {
        return flight;
      }
    }
    return null;
  }
}
