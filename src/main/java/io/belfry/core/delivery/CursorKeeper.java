package io.belfry.core.delivery;

import io.belfry.core.log.Batch;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.Cursors;
import io.belfry.core.log.DeadLetters;
import io.belfry.core.log.Entry;
import io.belfry.core.log.From;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Store;
import io.belfry.core.log.StoreUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps the cursors that are open on this node and writes them to the store behind: what changed,
/// at most a second late, coalesced into one write; at once where somebody waits for it or a device
/// leaves. Where the store is away it goes on trying, and nothing is forgotten meanwhile.
///
/// The store forgets what nobody uses, and sees use only as writes: so a cursor that is open is
/// written some times within that span, whether it changed or not.
public final class CursorKeeper implements AutoCloseable {
  private static final int USES_A_TTL = 8;
  private static final int BATCH_ENTRIES = 64;

  private final Cursors cursors;
  private final Logs logs;
  private final DeadLetters deadLetters;
  private final ConcurrentHashMap<CursorKey, Cursor> open = new ConcurrentHashMap<>();
  private final CursorWriter writer;

  /// A cursor and where a subscription to its log starts.
  record Opened(Cursor cursor, CursorState state, long start) {}

  /// @param deviceTtl after which the store forgets a cursor that nobody uses
  CursorKeeper(Store store, Duration deviceTtl) {
    this.cursors = store.cursors();
    this.logs = store.logs();
    this.deadLetters = store.deadLetters();
    this.writer =
        new CursorWriter(
            store, deviceTtl.dividedBy(USES_A_TTL), () -> open.values().forEach(Cursor::use));
  }

  /// Where a read of this log by this device starts; kept as its cursor from now on. Blocks.
  public long start(CursorKey key) {
    Opened opened = open(key, new From.Cursor());
    release(opened.cursor());
    return opened.start();
  }

  /// A request says that this device has everything up to `offset`: settles that, at most up to the
  /// last entry, and what was delivered once more at `offset` itself. Durable once it returns.
  /// Blocks.
  ///
  /// @throws StoreUnavailableException where the store cannot take it now
  public void acknowledge(CursorKey key, long offset) {
    long last = logs.last(key.destination());
    Cursor cursor = open(key, new From.Cursor()).cursor();
    try {
      // More may be in flight than the cursor knows of: what is read again, and dead letters that
      // are delivered once more.
      cursor.acknowledgedByRequest(offset);
      settleRedeemed(cursor, offset);
      cursor.settleThrough(Math.min(offset, last));
      joinBeyond(cursor);
      cursor.tellOthers(null);
      cursors.acknowledge(key, cursor.state(), offset);
    } finally {
      release(cursor);
    }
  }

  /// Such a request came to some node. Does not block.
  void acknowledged(CursorKey key, long offset) {
    Cursor cursor = open.get(key);
    if (cursor != null) {
      cursor.acknowledgedByRequest(offset);
    }
  }

  // A dead letter is settled already. Who names its very offset was delivered it once more, maybe
  // on a connection that is gone or at another node; one that waits is not settled by what follows
  // it.
  private void settleRedeemed(Cursor cursor, long offset) {
    if (cursor.isSettled(offset) && deadLetters.redelivery(cursor.key(), offset) != null) {
      deadLetters.settled(cursor.key(), offset);
    }
  }

  // What was settled one by one joins as far as nothing else lies between.
  private void joinBeyond(Cursor cursor) {
    CursorState state = cursor.state();
    long from = state.settled();
    while (!state.beyond().isEmpty() && from < state.beyond().last()) {
      Batch next =
          logs.after(cursor.key().destination(), from, BATCH_ENTRIES, Subscription.MAX_BATCH_BYTES);
      for (Entry entry : next.entries()) {
        if (!state.isSettled(entry.offset())) {
          cursor.joinBelow(entry.offset());
          return;
        }
      }
      if (next.readUpTo() <= from) {
        return;
      }
      from = next.readUpTo();
      cursor.joinBelow(from + 1);
    }
  }

  /// The cursors of a user in a log by device, with what this node has not yet written. Blocks.
  public Map<String, CursorState> of(CursorKey anyDevice) {
    // Before the store is read: what is written in between is there.
    Map<CursorKey, CursorState> ours = writer.unwritten(anyDevice);
    Map<String, CursorState> all =
        new HashMap<>(cursors.of(anyDevice.destination(), anyDevice.user()));
    ours.forEach((key, state) -> all.merge(key.device(), state, CursorState::merge));
    return all;
  }

  /// Ends once everything that was settled before this call is durable.
  public CompletableFuture<Void> flush() {
    return writer.flush();
  }

  /// A cursor that the store does not keep.
  Cursor unkept(CursorKey key) {
    return new Cursor(key, writer::add, false);
  }

  /// Opens a device's cursor and fixes where a subscription starts. Blocks.
  Opened open(CursorKey key, From from) {
    // A device that was never seen starts at the highest cursor of the user's devices, and one that
    // is back where it was: the store has to know them all.
    writer.writeAll(key);
    Cursors.Opened opened = cursors.open(key, from);
    Cursor cursor =
        Objects.requireNonNull(
            open.compute(
                key,
                (k, known) -> {
                  Cursor c = known == null ? new Cursor(key, writer::add, true) : known;
                  c.users++;
                  return c;
                }));
    cursor.merge(opened.state());
    CursorState state = cursor.state();
    boolean rereads = opened.start() < opened.state().settled();
    long start = rereads ? opened.start() : Math.max(opened.start(), state.settled());
    return new Opened(cursor, state, start);
  }

  /// Takes over what other nodes have settled for this device. Blocks.
  void refresh(Cursor cursor) {
    if (!cursor.isKept()) {
      return;
    }
    CursorKey key = cursor.key();
    CursorState known = cursors.of(key.destination(), key.user()).get(key.device());
    if (known != null) {
      cursor.merge(known);
    }
  }

  /// A subscription or request is done with it. What it settled is written at once.
  void release(Cursor cursor) {
    if (cursor.isDirty()) {
      var ignored = flush();
    }
    forgetUnused(cursor);
  }

  private void forgetUnused(Cursor cursor) {
    var ignored =
        open.computeIfPresent(
            cursor.key(), (key, known) -> known == cursor && --known.users == 0 ? null : known);
  }

  @Override
  public void close() {
    writer.close();
  }
}
