package io.belfry.core.delivery;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.DeadLetter;
import io.belfry.core.log.DeadLetters;
import io.belfry.core.log.Entry;
import io.belfry.core.log.StoreUnavailableException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What comes again on one subscription: what was refused or timed out, and dead letters that an
/// operator redelivers. Called by the subscription's owner alone, but for what says otherwise; all
/// of it may block.
final class Redelivery {
  private final CursorKey key;
  private final Feed feed;
  private final Cursor cursor;
  private final Acknowledgements acknowledgements;
  private final Deliveries deliveries;

  // Asked for by a bell; at the start there may be some, too.
  private volatile boolean redeem;

  Redelivery(Feed feed, Cursor cursor, Acknowledgements acknowledgements, Deliveries deliveries) {
    this.key = cursor.key();
    this.feed = feed;
    this.cursor = cursor;
    this.acknowledgements = acknowledgements;
    this.deliveries = deliveries;
    this.redeem = cursor.isKept();
  }

  /// There may be dead letters to deliver once more.
  void redeem() {
    redeem = true;
  }

  /// What is to be sent again now, as much as one write takes: the rest is due still. Where nothing
  /// comes again on this connection, it is only looked whether it is there still. What is gone from
  /// the log is settled, but for what was dropped, and so is what was refused too often, once it is
  /// a dead letter.
  List<Delivery> due() {
    List<Flight> due = due(flight -> true);
    if (due.isEmpty()) {
      return List.of();
    }
    // The store may fail at each of these: only then does anything count as sent again.
    Map<Flight, Entry> alive = new LinkedHashMap<>();
    int bytes = 0;
    for (Flight flight : due) {
      Entry entry = read(flight);
      if (entry == null) {
        giveUp(flight);
      } else if (acknowledgements.isDead(flight)) {
        bury(flight, entry);
      } else {
        bytes += entry.size();
        if (isTooMuch(alive.size(), bytes)) {
          break;
        }
        alive.put(flight, entry);
      }
    }
    List<Delivery> again = new ArrayList<>();
    alive.forEach((flight, entry) -> {
      if (acknowledgements.resend(flight)) {
        again.add(new Delivery(entry, true, Delivery.NO_GAP));
      }
    });
    return again;
  }

  // What the device has settled meanwhile, here or on another node, is not due any more.
  private List<Flight> due(Predicate<Flight> which) {
    List<Flight> known = acknowledgements.due();
    if (known.isEmpty() || known.stream().noneMatch(which)) {
      return List.of();
    }
    hear();
    return acknowledgements.due().stream().filter(which).toList();
  }

  // What was dropped is not settled by being gone: the client has to be told.
  private void giveUp(Flight flight) {
    long trimmed = flight.kind() == Flight.Kind.DELIVERED ? feed.trimmed() : 0;
    if (trimmed >= flight.offset) {
      acknowledgements.dropped(trimmed);
    } else {
      acknowledgements.giveUp(flight);
    }
  }

  /// Makes dead letters of what was refused too often by a client that went at once, or that
  /// refuses what came on a subscription that is over. Where the store cannot take that now, the
  /// entry comes again. May be called by any thread once the owner is gone.
  synchronized void buryRefused() {
    try {
      for (Flight flight : due(acknowledgements::isDead)) {
        Entry entry = read(flight);
        if (entry != null) {
          bury(flight, entry);
        }
      }
    } catch (StoreUnavailableException away) {
      // Its refusals are kept: the next one makes it a dead letter.
    }
  }

  /// Takes over what the device has settled on other connections and nodes.
  void hear() {
    deliveries.cursors().refresh(cursor);
    if (acknowledgements.hasRedeemed()) {
      acknowledgements.retainRedeemed(deliveries.store().deadLetters().redeliveries(key));
    }
    acknowledgements.settledElsewhere();
  }

  // Whether one more, with which there are so many bytes, is to wait for the next write.
  private static boolean isTooMuch(int before, int bytes) {
    return before == DeliveryLoop.MAX_BATCH_ENTRIES
        || (before > 0 && bytes > Subscription.MAX_BATCH_BYTES);
  }

  /// The dead letters that are to be delivered once more, as many as one write takes.
  List<Delivery> redeemed() {
    if (!redeem) {
      return List.of();
    }
    redeem = false;
    Map<Long, Entry> found = new LinkedHashMap<>();
    int bytes = 0;
    try {
      DeadLetters letters = deliveries.store().deadLetters();
      List<Long> offsets = letters.redeliveries(key);
      if (!offsets.isEmpty()) {
        // Another connection may have refused it: here it is in flight, and settled.
        hear();
      }
      List<Long> settled = cursor.redeemed();
      for (long offset : offsets) {
        boolean isKnown = settled.contains(offset) || acknowledgements.redeemInFlight(offset);
        Entry entry = isKnown ? null : letters.redelivery(key, offset);
        if (entry == null) {
          continue;
        }
        bytes += entry.size();
        if (isTooMuch(found.size(), bytes)) {
          redeem = true;
          break;
        }
        found.put(offset, entry);
      }
    } catch (StoreUnavailableException away) {
      redeem = true;
      throw away;
    }
    List<Delivery> again = new ArrayList<>();
    found.forEach((offset, entry) -> {
      if (acknowledgements.registerRedeemed(offset)) {
        again.add(new Delivery(entry, true, Delivery.NO_GAP));
      }
    });
    return again;
  }

  private @Nullable Entry read(Flight flight) {
    return flight.kind() == Flight.Kind.REDEEMED
        ? deliveries.store().deadLetters().redelivery(key, flight.offset)
        : feed.entry(flight.offset);
  }

  private void bury(Flight flight, Entry entry) {
    String rejection = flight.rejection();
    String reason = rejection == null ? "refused " + flight.nacks() + " times" : rejection;
    if (flight.kind() != Flight.Kind.REREAD) {
      var letter = new DeadLetter(0, key, flight.nacks(), reason, entry);
      if (!deliveries.store().deadLetters().add(letter)) {
        giveUp(flight);
        return;
      }
      deliveries.counters().deadLetters.increment();
    }
    acknowledgements.giveUp(flight);
  }
}
