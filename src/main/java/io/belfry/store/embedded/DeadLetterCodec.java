package io.belfry.store.embedded;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.DeadLetter;
import java.time.Instant;

/// The bytes of a dead letter, with when it expires first.
final class DeadLetterCodec {
  private static final int VERSION = 1;

  private DeadLetterCodec() {}

  static byte[] encode(DeadLetter letter, Instant expires) {
    byte[] key = Keys.cursor(letter.key());
    return new ByteWriter(256 + letter.entry().body().length)
        .u8(VERSION)
        .varint(expires.toEpochMilli())
        .varint(key.length)
        .raw(key)
        .varint(letter.deliveries())
        .text(letter.reason())
        .varint(letter.entry().offset())
        .raw(EntryCodec.encode(letter.entry(), null, false))
        .done();
  }

  static long expires(byte[] bytes) {
    return reader(bytes).varint();
  }

  static DeadLetter decode(long offset, byte[] bytes) {
    ByteReader reader = reader(bytes);
    var _ = reader.varint();
    CursorKey key = Keys.cursorKey(reader.raw(reader.count(1)));
    int deliveries = (int) reader.varint();
    String reason = reader.text();
    long entry = reader.varint();
    return new DeadLetter(offset, key, deliveries, reason, EntryCodec.decode(entry, reader.rest()));
  }

  private static ByteReader reader(byte[] bytes) {
    return new ByteReader("a dead letter", bytes).version(VERSION);
  }
}
