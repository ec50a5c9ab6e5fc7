package io.belfry.store.embedded;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Destination;
import io.belfry.core.log.InvalidInputException;
import java.util.Arrays;

/// The keys, as the package's own comment lists them. A prefix always ends where a name ends, so
/// that no log's keys are among another's.
final class Keys {
  static final byte[] FORMAT = {'!', 'f', 'o', 'r', 'm', 'a', 't'};
  static final byte[] DEAD_HEAD = {'!', 'd', 'e', 'a', 'd'};
  static final byte[] EMPTY = {};

  private static final int QUEUE = 'q';
  private static final int TOPIC = 't';
  private static final int COLLAPSE = 'c';
  private static final int EXPIRY = 'x';
  private static final int DEAD = 'd';
  private static final int PLACE = 'w';
  private static final int REDELIVERY = 'r';
  private static final int NOTED = 'n';
  private static final int RECORD = 'p';

  private Keys() {}

  static byte[] log(Destination destination) {
    return switch (destination) {
      case Destination.Queue queue ->
          writer().u8(QUEUE).name(queue.user()).name(queue.queue()).done();
      case Destination.Topic topic -> writer().u8(TOPIC).name(topic.topic()).done();
    };
  }

  /// Begins the keys of all queues of a user.
  static byte[] queuesOf(String user) {
    return writer().u8(QUEUE).name(user).done();
  }

  static Destination destination(byte[] log) {
    ByteReader reader = new ByteReader("the key of a log", log);
    Destination destination = destination(reader);
    reader.end();
    return destination;
  }

  static byte[] entry(byte[] log, long offset) {
    return new ByteWriter(log.length + 8).raw(log).i64(offset).done();
  }

  /// The offset that ends a key.
  static long offset(byte[] key) {
    return new ByteReader("a key", Arrays.copyOfRange(key, Math.max(0, key.length - 8), key.length))
        .i64();
  }

  static byte[] collapse(byte[] log, String collapseKey) {
    return writer().u8(COLLAPSE).raw(log).name(collapseKey).done();
  }

  /// Begins the keys of those entries of a log that expire before an older one does.
  static byte[] expiries(byte[] log) {
    return writer().u8(EXPIRY).raw(log).done();
  }

  static byte[] expiry(byte[] log, long expires, long offset) {
    return writer().u8(EXPIRY).raw(log).i64(expires).i64(offset).done();
  }

  static long expiryOf(byte[] expiryKey) {
    return offset(Arrays.copyOf(expiryKey, expiryKey.length - 8));
  }

  static byte[] dead(long offset) {
    return writer().u8(DEAD).i64(offset).done();
  }

  /// Where the dead letter is that a device has of an entry.
  static byte[] place(CursorKey key, long entry) {
    return writer().u8(PLACE).raw(cursor(key)).i64(entry).done();
  }

  /// Begins the keys of the redeliveries of a log.
  static byte[] redeliveries() {
    return new byte[] {REDELIVERY};
  }

  static byte[] redeliveries(byte[] log) {
    return writer().u8(REDELIVERY).raw(log).done();
  }

  static byte[] redeliveries(CursorKey key) {
    return writer().u8(REDELIVERY).raw(cursor(key)).done();
  }

  static byte[] redelivery(CursorKey key, long offset) {
    return writer().u8(REDELIVERY).raw(cursor(key)).i64(offset).done();
  }

  /// Begins the keys that say which dead letters an entry has.
  static byte[] noted(byte[] log, long entry) {
    return writer().u8(NOTED).raw(log).i64(entry).done();
  }

  static byte[] noted(byte[] log, long entry, long dead) {
    return writer().u8(NOTED).raw(log).i64(entry).i64(dead).done();
  }

  static byte[] deviceRecords() {
    return new byte[] {RECORD};
  }

  static byte[] deviceRecord(String user, String device) {
    return writer().u8(RECORD).name(user).name(device).done();
  }

  /// Begins the keys of the cursors of a user's devices in a log.
  static byte[] cursors(byte[] log, String user) {
    return writer().raw(log).name(user).done();
  }

  static byte[] cursor(CursorKey key) {
    return writer().raw(log(key.destination())).name(key.user()).name(key.device()).done();
  }

  static CursorKey cursorKey(byte[] key) {
    ByteReader reader = new ByteReader("the key of a cursor", key);
    CursorKey cursor = new CursorKey(destination(reader), reader.name(), reader.name());
    reader.end();
    return cursor;
  }

  /// The first key after all that begin with `prefix`.
  static byte[] after(byte[] prefix) {
    byte[] after = prefix.clone();
    for (int i = after.length - 1; i >= 0; i--) {
      if (++after[i] != 0) {
        return Arrays.copyOf(after, i + 1);
      }
    }
    throw new IllegalArgumentException("nothing comes after this prefix");
  }

  private static Destination destination(ByteReader reader) {
    try {
      return switch (reader.u8()) {
        case QUEUE -> new Destination.Queue(reader.name(), reader.name());
        case TOPIC -> new Destination.Topic(reader.name());
        default -> throw reader.damaged("it is neither a queue's nor a topic's");
      };
    } catch (InvalidInputException e) {
      throw reader.damaged("a name in it cannot be");
    }
  }

  private static ByteWriter writer() {
    return new ByteWriter(64);
  }
}
