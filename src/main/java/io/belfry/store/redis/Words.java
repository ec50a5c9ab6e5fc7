package io.belfry.store.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads numbers and words that a blank ends each, and bytes after them.
final class Words {
  private final byte[] bytes;
  private int at;

  /// @param from where the first one begins
  Words(byte[] bytes, int from) {
    this.bytes = bytes;
    this.at = from;
  }

  /// A number in decimal digits.
  ///
  /// @throws RuntimeException where it is none, or none that a `long` can be
  long number() {
    long number = 0;
    while (at < bytes.length && bytes[at] != ' ') {
      int digit = bytes[at++] - '0';
      if (digit < 0 || digit > 9) {
        throw new IllegalArgumentException("no number");
      }
      number = Math.addExact(Math.multiplyExact(number, 10L), digit);
    }
    at++;
    return number;
  }

  String word() {
    int from = at;
    while (at < bytes.length && bytes[at] != ' ') {
      at++;
    }
    return new String(bytes, from, at++ - from, StandardCharsets.UTF_8);
  }

  /// The next bytes, as text.
  ///
  /// @throws IllegalArgumentException where there are not so many
  String text(long length) {
    // No length is believed before the bytes are there.
    if (length < 0 || length > bytes.length - at) {
      throw new IllegalArgumentException("a length beyond the end");
    }
    String text = new String(bytes, at, (int) length, StandardCharsets.UTF_8);
    at += (int) length;
    return text;
  }

  /// All that is left.
  byte[] rest() {
    return Arrays.copyOfRange(bytes, at, bytes.length);
  }
}
