package io.belfry.store.embedded;

import io.belfry.core.log.DeviceRecords;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// The devices' records in RocksDB. One that has expired counts as none, whether it is still there
/// or not.
final class RocksDeviceRecords implements DeviceRecords {
  private static final int VERSION = 1;

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

  /// Deletes what has expired. Blocks.
  void purge() {
    byte[] from = Keys.deviceRecords();
    new Purge(database, committer, clock)
        .run(Family.MARKS, from, Keys.after(from), RocksDeviceRecords::isExpired);
  }

  private static boolean isExpired(byte[] row, long now) {
    return reader(row).varint() <= now;
  }

  private static ByteReader reader(byte[] row) {
    return new ByteReader("a device's record", row).version(VERSION);
  }
}
