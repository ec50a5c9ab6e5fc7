package io.belfry.store.redis;

import io.belfry.core.log.Bell;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Entry;

/// Bells as they are published: a letter, then numbers and words that a blank ends each, then the
/// entry as it is stored.
final class BellCodec {
  private BellCodec() {}

  /// @throws RuntimeException where these bytes are no bell
  static Bell decode(byte[] bytes) {
    Words words = new Words(bytes, 1);
    return switch (bytes[0]) {
      case 'g' -> grew(words);
      case 'G' -> new Bell.Grew(words.number(), words.number(), null);
      case 'r' -> new Bell.Removed(words.number());
      case 'p' -> new Bell.Passing(EntryCodec.decode(0, words));
      case 'a' -> new Bell.Acknowledged(words.word(), words.word(), words.number());
      case 'd' -> new Bell.Redeliver(words.word(), words.word());
      // Of a node that is newer than this one: whatever it tells, the log has it.
      default -> new Bell.Look();
    };
  }

  /// A request acknowledged everything up to `offset` for this device.
  static byte[] encode(CursorKey key, long offset) {
    return LogKeys.bytes("a" + key.user() + " " + key.device() + " " + offset);
  }

  private static Bell grew(Words words) {
    long previous = words.number();
    long offset = words.number();
    Entry entry = EntryCodec.decode(offset, words);
    return new Bell.Grew(previous, offset, entry);
  }
}
