package io.belfry.store.embedded;

import io.belfry.core.log.Destination;
import io.belfry.core.log.Receipt;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The idempotency keys that are remembered. On the committer's thread, but for the hashes.
///
/// They lie in segments of time, each with the milliseconds of its start before its keys: so what
/// is over goes as a whole, in one row and a few files, and nobody looks for single keys that
/// expired.
final class IdempotencyKeys {
  private final long keep;
  private final long length;
  private final List<Long> segments = new ArrayList<>();

  IdempotencyKeys(Duration keep) {
    this.keep = keep.toMillis();
    this.length = Math.max(1, this.keep / 2);
  }

  /// Finds out which segments there are; once the database was opened, or opened anew.
  void load(Rows rows) {
    segments.clear();
    byte[] from = new byte[8];
    byte[] end = new byte[] {-1};
    while (!rows.scan(Family.KEYS, from, end, (key, value) -> !segments.add(start(key)))) {
      from = prefix(segments.getLast() + 1);
    }
  }

  /// What `key` was remembered with, if it still is.
  @Nullable Remembered find(Changes changes, byte[] key) {
    long now = changes.now().toEpochMilli();
    for (int i = segments.size() - 1; i >= 0; i--) {
      byte[] row = changes.get(Family.KEYS, place(segments.get(i), key));
      if (row != null) {
        Remembered remembered = Remembered.decoded(row);
        return now < remembered.at() + keep ? remembered : null;
      }
    }
    return null;
  }

  void remember(Changes changes, byte[] key, byte[] body, Receipt receipt) {
    long now = changes.now().toEpochMilli();
    if (segments.isEmpty() || now >= segments.getLast() + length) {
      // Where this batch fails, the segment stays empty, which does no harm.
      segments.add(now);
    }
    Remembered remembered = new Remembered(now, body, receipt);
    changes.put(Family.KEYS, place(segments.getLast(), key), remembered.encoded());
  }

  /// Deletes the segments that hold nothing any more that counts.
  ///
  /// @return the key before which nothing is left, if something was deleted
  Optional<byte[]> purge(Changes changes) {
    long now = changes.now().toEpochMilli();
    long before = 0;
    while ((segments.size() > 1 && segments.get(1) + keep <= now)
        || (segments.size() == 1 && segments.getFirst() + length + keep <= now)) {
      before = segments.removeFirst() + 1;
    }
    if (before == 0) {
      return Optional.empty();
    }
    changes.deleteRange(Family.KEYS, new byte[8], prefix(before));
    return Optional.of(prefix(before));
  }

  static byte[] hash(Destination destination, String key) {
    return hash(
        new ByteWriter(128)
            .raw(Keys.log(destination))
            .raw(key.getBytes(StandardCharsets.UTF_8))
            .done());
  }

  static byte[] hash(byte[] body) {
    try {
      byte[] whole = MessageDigest.getInstance("SHA-256").digest(body);
      return Arrays.copyOf(whole, Remembered.HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] place(long segment, byte[] key) {
    return new ByteWriter(8 + key.length).i64(segment).raw(key).done();
  }

  private static byte[] prefix(long start) {
    return new ByteWriter(8).i64(start).done();
  }

  private static long start(byte[] key) {
    return Keys.offset(Arrays.copyOf(key, 8));
  }
}
