package io.belfry.transport.http;

import io.belfry.core.delivery.Delivery;
import io.belfry.core.log.Batch;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Logs;
import io.belfry.core.log.StoreUnavailableException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Function;

/// A part of a log as a JSON array. It is read and written page by page, so that a thousand large
/// entries are never in memory together.
///
/// Its first page is read before anything is written, so that a store that is away is an error of
/// the whole; one that goes away later ends the array early, which is as good as a smaller limit.
public final class EntryArray {
  private static final int PAGE_ENTRIES = 200;
  private static final long PAGE_BYTES = 256 * 1024;
  private static final byte[] COMMA = {','};
  private static final byte[] EMPTY = {};

  private final Logs logs;
  private final Destination destination;
  private final Function<Entry, Choice> choice;
  private int left;
  private long position;
  private long gap = Delivery.NO_GAP;
  private boolean first = true;
  private Batch page;

  /// What is to be done with an entry.
  enum Choice {
    SKIP,
    SHOW,
    SHOW_AS_REDELIVERED
  }

  private EntryArray(
      Logs logs,
      Destination destination,
      long position,
      boolean isEarliest,
      int limit,
      Function<Entry, Choice> choice) {
    this.logs = logs;
    this.destination = destination;
    this.choice = choice;
    this.position = position;
    this.left = limit;
    this.page = read();
    if (isEarliest) {
      gap = Delivery.NO_GAP;
    }
  }

  /// What is in the log after `position`, `limit` entries at most. Reads the first page. Blocks.
  ///
  /// @throws StoreUnavailableException where the store cannot be read now
  static EntryArray after(
      Logs logs,
      Destination destination,
      long position,
      int limit,
      Function<Entry, Choice> choice) {
    return new EntryArray(logs, destination, position, false, limit, choice);
  }

  /// All that is in the log, or what is in that range. Reads the first page. Blocks.
  ///
  /// @throws StoreUnavailableException where the store cannot be read now
  public static EntryArray of(Logs logs, Destination destination, ReadRange range) {
    Long after = range.after();
    return new EntryArray(
        logs,
        destination,
        after == null ? 0 : after,
        after == null,
        range.limit(),
        _ -> Choice.SHOW);
  }

  /// Whether there is anything to show; looks on, page by page, until there is. Blocks.
  ///
  /// @throws StoreUnavailableException where the store cannot be read now
  boolean hasAny() {
    while (page.entries().stream().noneMatch(entry -> choice.apply(entry) != Choice.SKIP)) {
      if (page.readUpTo() <= position) {
        return false;
      }
      position = page.readUpTo();
      page = read();
    }
    return true;
  }

  /// The offset up to which was looked where [#hasAny] found nothing.
  long position() {
    return position;
  }

  /// Writes the array. Blocks.
  public void writeTo(OutputStream out) throws IOException {
    writeTo(out, List.of());
  }

  /// Writes the array, with passing messages before all that have a place in the log. Blocks.
  void writeTo(OutputStream out, List<Entry> passing) throws IOException {
    out.write('[');
    for (Entry message : passing) {
      out.write(first ? EMPTY : COMMA);
      out.write(EntryJson.of(message));
      first = false;
    }
    while (page.readUpTo() > position) {
      for (Entry entry : page.entries()) {
        write(entry, out);
      }
      position = page.readUpTo();
      if (left == 0) {
        break;
      }
      try {
        page = read();
      } catch (StoreUnavailableException away) {
        break;
      }
    }
    out.write(']');
  }

  private void write(Entry entry, OutputStream out) throws IOException {
    Choice chosen = choice.apply(entry);
    if (chosen == Choice.SKIP || left == 0) {
      return;
    }
    out.write(first ? EMPTY : COMMA);
    first = false;
    left--;
    out.write(EntryJson.of(new Delivery(entry, chosen == Choice.SHOW_AS_REDELIVERED, gap)));
    gap = Delivery.NO_GAP;
  }

  private Batch read() {
    Batch batch = logs.after(destination, position, Math.min(left, PAGE_ENTRIES), PAGE_BYTES);
    if (batch.trimmed() > position && gap == Delivery.NO_GAP) {
      gap = position;
    }
    return batch;
  }
}
