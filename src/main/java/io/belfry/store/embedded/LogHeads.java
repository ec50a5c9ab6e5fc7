package io.belfry.store.embedded;

import org.jspecify.annotations.Nullable;

/// Where the head of a log is read: an append writes it in front of the entry, which costs next to
/// nothing, and every other change to the log's own row. So the newest entry has it where that is
/// beyond what the row says, and the row has it otherwise.
///
/// A log has a row from its first entry on.
final class LogHeads {
  private LogHeads() {}

  /// The head of this log, or null where there is no such log.
  static @Nullable LogMeta of(CommittedRows rows, byte[] log) {
    byte[] row = rows.get(Family.LOGS, log);
    return row == null ? null : of(rows, log, row);
  }

  /// The head of a log with this row.
  static LogMeta of(CommittedRows rows, byte[] log, byte[] row) {
    LogMeta kept = LogMeta.decoded(row);
    return rows.last(Family.ENTRIES, Keys.entry(log, kept.last() + 1), Keys.after(log))
        .map(newest -> EntryCodec.logHead(Keys.offset(newest.key()), newest.value()))
        .orElse(kept);
  }
}
