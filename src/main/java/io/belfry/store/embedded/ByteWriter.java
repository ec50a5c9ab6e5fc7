package io.belfry.store.embedded;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Builds a value byte by byte. Small numbers take few bytes.
final class ByteWriter {
  private byte[] bytes;
  private int length;

  ByteWriter(int expected) {
    bytes = new byte[expected];
  }

  ByteWriter u8(int value) {
    room(1);
    bytes[length++] = (byte) value;
    return this;
  }

  /// Eight bytes, so that the order of the bytes is the order of the numbers.
  ByteWriter i64(long value) {
    room(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (value >>> shift);
    }
    return this;
  }

  /// Seven bits a byte, the lowest first; a negative number takes ten.
  ByteWriter varint(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    return this;
  }

  /// As [#varint], for numbers that are small on both sides of zero.
  ByteWriter signed(long value) {
    return varint((value << 1) ^ (value >> 63));
  }

  ByteWriter text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return varint(utf8.length).raw(utf8);
  }

  /// `value` in the key's own alphabet, which has no 0, and a 0.
  ByteWriter name(String value) {
    return raw(value.getBytes(StandardCharsets.US_ASCII)).u8(0);
  }

  ByteWriter raw(byte[] value) {
    return raw(value, 0);
  }

  /// What is in `value` from `from` on.
  ByteWriter raw(byte[] value, int from) {
    int more = value.length - from;
    room(more);
    System.arraycopy(value, from, bytes, length, more);
    length += more;
    return this;
  }

  byte[] done() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
