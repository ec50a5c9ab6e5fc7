package io.belfry.store.redis;

import io.belfry.core.log.Bell;
import io.belfry.core.log.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bells as the scripts publish them: a letter, then numbers and words that a blank ends each, then
/// the entry's own bytes.
final class BellCodec {
  private final byte[] bytes;
  private int at = 1;

  private BellCodec(byte[] bytes) {
    this.bytes = bytes;
  }

  /// @throws RuntimeException where these bytes are no bell
  static Bell decode(byte[] bytes) {
    BellCodec rest = new BellCodec(bytes);
    return switch (bytes[0]) {
      case 'g' -> rest.grew();
      case 'G' -> new Bell.Grew(rest.number(), rest.number(), null);
      case 'r' -> new Bell.Removed(rest.number());
      case 'p' -> rest.passing();
      case 'd' -> redeliver(rest.word(), rest.word());
      default -> throw new IllegalArgumentException("a bell of an unknown kind");
    };
  }

  private static Bell redeliver(String user, String device) {
    return new Bell.Redeliver(user, device);
  }

  private Bell grew() {
    long previous = number();
    long offset = number();
    long timestamp = number();
    return new Bell.Grew(previous, offset, entry(offset, timestamp, number()));
  }

  private Bell passing() {
    long now = number();
    return new Bell.Passing(entry(0, now, now));
  }

  private Entry entry(long offset, long timestamp, long expires) {
    String id = word();
    long headLength = number();
    int left = bytes.length - at;
    // No length is believed before the bytes are there.
    if (headLength < 0 || headLength > left) {
      throw new IllegalArgumentException("a bell whose head is longer than the bell");
    }
    int headEnd = at + (int) headLength;
    byte[] head = Arrays.copyOfRange(bytes, at, headEnd);
    byte[] body = Arrays.copyOfRange(bytes, headEnd, bytes.length);
    return EntryCodec.decode(offset, id, timestamp, expires, head, body);
  }

  private long number() {
    long number = 0;
    while (at < bytes.length && bytes[at] != ' ') {
      number = number * 10 + bytes[at++] - '0';
    }
    at++;
    return number;
  }

  private String word() {
    int from = at;
    while (at < bytes.length && bytes[at] != ' ') {
      at++;
    }
    return new String(bytes, from, at++ - from, StandardCharsets.UTF_8);
  }
}
