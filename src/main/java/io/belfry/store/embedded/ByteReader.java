package io.belfry.store.embedded;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Takes apart what a [ByteWriter] built. Trusts nothing: what does not fit is a
/// [DamagedDataException], and no length is believed before the bytes are there.
final class ByteReader {
  private final String what;
  private final byte[] bytes;
  private int at;

  /// @param what is read, for the message where it is damaged
  ByteReader(String what, byte[] bytes) {
    this.what = what;
    this.bytes = bytes;
  }

  /// Begins a value whose first byte has to be `known`.
  ByteReader version(int known) {
    int version = u8();
    if (version != known) {
      throw damaged("its version is " + version + ", and this Belfry knows " + known);
    }
    return this;
  }

  int u8() {
    need(1);
    return bytes[at++] & 0xFF;
  }

  long i64() {
    need(8);
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = (value << 8) | (bytes[at++] & 0xFF);
    }
    return value;
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = u8();
      value |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw damaged("a number in it does not end");
  }

  long signed() {
    long value = varint();
    return (value >>> 1) ^ -(value & 1);
  }

  /// A number of things of which each takes `size` bytes at least.
  int count(int size) {
    long count = varint();
    if (count < 0 || count > (bytes.length - at) / size) {
      throw damaged("it ends too soon");
    }
    return (int) count;
  }

  String text() {
    int length = count(1);
    String value = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    return value;
  }

  String name() {
    int end = at;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    String value = new String(bytes, at, end - at, StandardCharsets.US_ASCII);
    at = end;
    need(1);
    at++;
    return value;
  }

  byte[] raw(int length) {
    need(length);
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  byte[] rest() {
    return raw(bytes.length - at);
  }

  boolean hasMore() {
    return at < bytes.length;
  }

  void end() {
    if (hasMore()) {
      throw damaged("it has " + (bytes.length - at) + " bytes too many");
    }
  }

  DamagedDataException damaged(String how) {
    return new DamagedDataException("Stored data is damaged: " + what + ": " + how + ".");
  }

  private void need(int more) {
    if (bytes.length - at < more) {
      throw damaged("it ends too soon");
    }
  }
}
