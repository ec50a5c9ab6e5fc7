package io.belfry.store.embedded;

import io.belfry.core.log.DeviceRecords;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The devices' records in RocksDB. One that has expired counts as none, whether it is still there
/// or not.
final class RocksDeviceRecords implements DeviceRecords {
  private static final int VERSION = 1;
  // A push that comes while records are deleted waits for one portion; many records make larger
  // portions, not more, as each is synced.
  private static final int PORTION = 64;
  private static final int MAX_PORTIONS = 16;

  private final Committer committer;
  private final Database database;
  private final Readers readers;
  private final InstantSource clock;

  RocksDeviceRecords(Committer committer, Database database, Readers readers, InstantSource clock) {
    this.committer = committer;
    this.database = database;
    this.readers = readers;
    this.clock = clock;
  }

  @Override
  public byte @Nullable [] get(String user, String device) {
    byte[] row = readers.read(() -> database.get(Family.MARKS, Keys.deviceRecord(user, device)));
    if (row == null) {
      return null;
    }
    ByteReader reader = reader(row);
    return reader.varint() <= clock.millis() ? null : reader.rest();
  }

  @Override
  public void put(String user, String device, byte[] record, Instant expires) {
    byte[] row =
        new ByteWriter(12 + record.length)
            .u8(VERSION)
            .varint(Math.max(0, expires.toEpochMilli()))
            .raw(record)
            .done();
    Readers.await(
        committer.submit(changes -> {
          changes.put(Family.MARKS, Keys.deviceRecord(user, device), row);
          return true;
        }));
  }

  @Override
  public void remove(String user, String device) {
    Readers.await(
        committer.submit(changes -> {
          changes.delete(Family.MARKS, Keys.deviceRecord(user, device));
          return true;
        }));
  }

  /// Deletes what has expired, from `from` on.
  ///
  /// @return where to go on, if this was not all
  Optional<byte[]> purge(byte[] from, int atOnce) {
    List<byte[]> expired = new ArrayList<>();
    byte[][] next = {from};
    int[] seen = {0};
    boolean all =
        database.scan(
            Family.MARKS,
            from,
            Keys.after(Keys.deviceRecords()),
            (key, value) -> {
              next[0] = key;
              if (isExpired(value, clock.millis())) {
                expired.add(key);
              }
              return ++seen[0] < atOnce;
            });
    int portion = Math.max(PORTION, Math.ceilDiv(expired.size(), MAX_PORTIONS));
    for (int i = 0; i < expired.size(); i += portion) {
      List<byte[]> some = expired.subList(i, Math.min(expired.size(), i + portion));
      Readers.await(committer.submit(changes -> purge(changes, some)));
    }
    return all ? Optional.empty() : Optional.of(new ByteWriter(64).raw(next[0]).u8(0).done());
  }

  private static boolean purge(Changes changes, List<byte[]> keys) {
    for (byte[] key : keys) {
      byte[] row = changes.get(Family.MARKS, key);
      // It may have been kept anew meanwhile.
      if (row != null && isExpired(row, changes.now().toEpochMilli())) {
        changes.delete(Family.MARKS, key);
      }
    }
    return true;
  }

  private static boolean isExpired(byte[] row, long now) {
    return reader(row).varint() <= now;
  }

  private static ByteReader reader(byte[] row) {
    return new ByteReader("a device's record", row).version(VERSION);
  }
}
