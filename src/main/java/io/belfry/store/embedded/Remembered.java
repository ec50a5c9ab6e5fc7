package io.belfry.store.embedded;

import io.belfry.core.log.Receipt;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What an idempotency key is remembered with.
///
/// @param at when, in milliseconds
/// @param body a hash of the bytes that came with it
/// @param receipt what was answered
record Remembered(long at, byte[] body, Receipt receipt) {
  static final int HASH_BYTES = 16;

  private static final int VERSION = 1;
  private static final int IS_ONLINE = 1;

  boolean isFor(byte[] otherBody) {
    return Arrays.equals(body, otherBody);
  }

  byte[] encoded() {
    Long offset = receipt.offset();
    return new ByteWriter(80)
        .u8(VERSION)
        .u8(receipt.online() ? IS_ONLINE : 0)
        .varint(at)
        .raw(body)
        .varint(offset == null ? 0 : offset)
        .varint(receipt.ttl().toMillis())
        .text(receipt.id())
        .done();
  }

  static Remembered decoded(byte[] bytes) {
    ByteReader reader = new ByteReader("an idempotency key", bytes).version(VERSION);
    boolean online = (reader.u8() & IS_ONLINE) != 0;
    long at = reader.varint();
    byte[] body = reader.raw(HASH_BYTES);
    long offset = reader.varint();
    Duration ttl = Duration.ofMillis(reader.varint());
    String id = reader.text();
    reader.end();
    @Nullable Long place = offset == 0 ? null : offset;
    return new Remembered(at, body, new Receipt(id, place, online, ttl));
  }
}
