package io.belfry.core.delivery;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A cursor that is open on this node: shared by all subscriptions of its device to its log, which
/// move it forward. The keeper writes it to the store behind.
///
/// Lock order: a subscription's lock, then this one's; never the other way around.
final class Cursor {
  private final CursorKey key;
  private final Consumer<Cursor> keeper;
  private final boolean kept;

  private long settled;
  private long sent;
  private @Nullable TreeSet<Long> beyond;
  private @Nullable TreeMap<Long, Integer> nacks;
  private List<Long> redeemed = List.of();
  private boolean dirty;

  // Guarded by the keeper's map: how many subscriptions and requests have it open.
  int users;

  // Replaced as a whole, so that it can be walked without a lock.
  private volatile List<Subscription> subscriptions = List.of();

  /// @param keeper is told, under this one's lock, that there is something to write
  /// @param kept whether the store keeps it; one that it does not ends with its session
  Cursor(CursorKey key, Consumer<Cursor> keeper, boolean kept) {
    this.key = key;
    this.keeper = keeper;
    this.kept = kept;
  }

  CursorKey key() {
    return key;
  }

  /// Whether the store keeps it.
  boolean isKept() {
    return kept;
  }

  /// What it is now.
  synchronized CursorState state() {
    if (beyond == null && nacks == null) {
      return new CursorState(
          settled, Collections.emptySortedSet(), sent, Collections.emptySortedMap());
    }
    SortedSet<Long> settledBeyond = beyond == null ? new TreeSet<>() : new TreeSet<>(beyond);
    SortedMap<Long, Integer> refused = nacks == null ? new TreeMap<>() : new TreeMap<>(nacks);
    return new CursorState(settled, settledBeyond, sent, refused);
  }

  /// What it is from here on counts as written.
  synchronized void clean() {
    dirty = false;
  }

  synchronized boolean isDirty() {
    return dirty;
  }

  /// It is to be written, so that the store sees that it is used.
  synchronized void use() {
    soil();
  }

  /// Takes over what the store knows.
  synchronized void merge(CursorState state) {
    CursorState both = state().merge(state);
    settled = both.settled();
    sent = both.sent();
    beyond = both.beyond().isEmpty() ? null : new TreeSet<>(both.beyond());
    nacks = both.nacks().isEmpty() ? null : new TreeMap<>(both.nacks());
  }

  synchronized boolean isSettled(long offset) {
    return offset <= settled || (beyond != null && beyond.contains(offset));
  }

  /// Whether everything up to `offset` is settled.
  synchronized boolean hasReached(long offset) {
    return offset <= settled;
  }

  /// These are about to be written to the device, up to `offset`.
  synchronized void sent(long offset) {
    if (offset > sent) {
      sent = offset;
      soil();
    }
  }

  /// It was refused once more.
  ///
  /// @return how often by now
  synchronized int refused(long offset) {
    if (nacks == null) {
      nacks = new TreeMap<>();
    }
    soil();
    return nacks.merge(offset, 1, Integer::sum);
  }

  /// These are settled.
  ///
  /// @param unsettled below it everything is settled now, as far as the subscription knows that
  ///   says so
  synchronized void settle(List<Long> offsets, long unsettled) {
    if (offsets.isEmpty()) {
      return;
    }
    long reached = settled;
    for (long offset : offsets) {
      if (offset < unsettled) {
        reached = Math.max(reached, offset);
      } else if (beyond == null) {
        beyond = new TreeSet<>(List.of(offset));
      } else {
        beyond.add(offset);
      }
    }
    settled = reached;
    if (!joinBelow(unsettled)) {
      prune();
    }
  }

  /// Below `unsettled` everything is settled: what is settled beyond joins up to there.
  ///
  /// @return whether anything did
  synchronized boolean joinBelow(long unsettled) {
    Long joined = beyond == null ? null : beyond.lower(unsettled);
    if (joined == null || joined <= settled) {
      return false;
    }
    settled = joined;
    prune();
    return true;
  }

  /// Everything up to `offset` is settled.
  synchronized void settleThrough(long offset) {
    if (offset > settled) {
      settled = offset;
      prune();
    }
  }

  // The settled offsets that lie beyond, and the refusals that count no more.
  private void prune() {
    if (beyond != null) {
      beyond.headSet(settled, true).clear();
      beyond = beyond.isEmpty() ? null : beyond;
    }
    if (nacks != null) {
      nacks.headMap(settled, true).clear();
      nacks.keySet().removeIf(offset -> beyond != null && beyond.contains(offset));
      nacks = nacks.isEmpty() ? null : nacks;
    }
    soil();
  }

  private void soil() {
    if (kept) {
      tellKeeper();
    }
  }

  private void tellKeeper() {
    if (!dirty) {
      dirty = true;
      keeper.accept(this);
    }
  }

  /// A dead letter that was delivered once more is settled.
  synchronized void settleRedeemed(long offset) {
    List<Long> more = new ArrayList<>(redeemed);
    more.add(offset);
    redeemed = List.copyOf(more);
    tellKeeper();
  }

  /// Those of them that the store has not been told of.
  synchronized List<Long> redeemed() {
    return redeemed;
  }

  /// It has been told of these.
  synchronized void forgetRedeemed(List<Long> told) {
    redeemed = redeemed.stream().filter(offset -> !told.contains(offset)).toList();
  }

  synchronized void join(Subscription subscription) {
    List<Subscription> more = new ArrayList<>(subscriptions);
    more.add(subscription);
    subscriptions = List.copyOf(more);
  }

  synchronized void leave(Subscription subscription) {
    subscriptions = subscriptions.stream().filter(s -> s != subscription).toList();
  }

  /// A request says that the device has everything up to `offset`; called without locks.
  void acknowledgedByRequest(long offset) {
    for (Subscription subscription : subscriptions) {
      subscription.acknowledgedByRequest(offset);
    }
  }

  /// The device's other subscriptions learn that something was settled; called without locks.
  void tellOthers(@Nullable Acknowledgements by) {
    for (Subscription subscription : subscriptions) {
      if (by == null || !subscription.has(by)) {
        subscription.settledElsewhere();
      }
    }
  }
}
