package io.belfry.store.embedded;

/// What the store knows of a log without looking at its entries. Times are milliseconds.
///
/// @param last the last offset assigned
/// @param first no entry is before it; there may be none at it
/// @param count the entries that are there, expired or not
/// @param earliest none of them expires before it
/// @param latest none of them that is not marked expires after a later one that is not: the highest
///   expiry so far. An entry that expires before it is marked in an index of its own, so that what
///   is expired is always at the front of the log or at the front of that index
/// @param noted whether an entry of it ever became a dead letter
/// @param trimmed what `max-messages` dropped
record LogMeta(
    long last, long first, int count, long earliest, long latest, boolean noted, Trimmed trimmed) {

  static final LogMeta NEW = new LogMeta(0, 1, 0, Long.MAX_VALUE, 0, false, Trimmed.NONE);

  private static final int VERSION = 1;

  /// Whether an entry that expires then has to be marked.
  boolean isOutOfOrder(long expires) {
    return expires < latest;
  }

  LogMeta appended(long offset, long expires) {
    return new LogMeta(
        offset,
        count == 0 ? offset : first,
        count + 1,
        Math.min(earliest, expires),
        Math.max(latest, expires),
        noted,
        trimmed);
  }

  /// One entry less, anywhere.
  LogMeta removed() {
    return count == 1
        ? new LogMeta(last, last + 1, 0, Long.MAX_VALUE, latest, noted, trimmed)
        : new LogMeta(last, first, count - 1, earliest, latest, noted, trimmed);
  }

  /// The oldest entry less, which would have lived until then.
  LogMeta dropped(long offset, long until) {
    return new LogMeta(
        last, offset + 1, count - 1, earliest, latest, noted, trimmed.plus(offset, until));
  }

  /// After all that was expired went.
  LogMeta purged(int gone, long newFirst, long newEarliest) {
    return new LogMeta(last, newFirst, count - gone, newEarliest, latest, noted, trimmed);
  }

  LogMeta withNoted() {
    return new LogMeta(last, first, count, earliest, latest, true, trimmed);
  }

  byte[] encoded() {
    ByteWriter writer = new ByteWriter(48).u8(VERSION);
    write(writer);
    return writer.done();
  }

  void write(ByteWriter writer) {
    writer.u8(noted ? 1 : 0).varint(last).varint(count);
    writer.signed(last - first).signed(latest - millis(last));
    writer.varint(earliest == Long.MAX_VALUE ? 0 : earliest);
    trimmed.write(writer);
  }

  static LogMeta decoded(byte[] bytes) {
    ByteReader reader = new ByteReader("a log's head", bytes).version(VERSION);
    LogMeta meta = read(reader);
    reader.end();
    return meta;
  }

  static LogMeta read(ByteReader reader) {
    boolean noted = reader.u8() != 0;
    long last = reader.varint();
    long count = reader.varint();
    long first = last - reader.signed();
    long latest = millis(last) + reader.signed();
    long earliest = reader.varint();
    Trimmed trimmed = Trimmed.read(reader);
    if (count < 0 || count > Integer.MAX_VALUE || last < 0 || first < 0) {
      throw reader.damaged("a number in it cannot be");
    }
    return new LogMeta(
        last,
        first,
        (int) count,
        earliest == 0 ? Long.MAX_VALUE : earliest,
        latest,
        noted,
        trimmed);
  }

  private static long millis(long offset) {
    return offset / 1024;
  }
}
