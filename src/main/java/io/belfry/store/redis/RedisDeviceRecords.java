package io.belfry.store.redis;

import io.belfry.core.log.DeviceRecords;
import io.lettuce.core.SetArgs;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The devices' records in Redis: a string each, behind the eight bytes of when it expires. That is
/// for a store that is told the time: else the server ends them, whatever a node's clock says.
final class RedisDeviceRecords implements DeviceRecords {
  private final Link link;

  RedisDeviceRecords(Link link) {
    this.link = link;
  }

  @Override
  public byte @Nullable [] get(String user, String device) {
    byte[] kept = Link.await(link.send(c -> c.get(LogKeys.record(user, device))));
    return kept == null || link.isPast(ByteBuffer.wrap(kept).getLong())
        ? null
        : Arrays.copyOfRange(kept, Long.BYTES, kept.length);
  }

  @Override
  public void put(String user, String device, byte[] record, Instant expires) {
    long until = expires.toEpochMilli();
    byte[] kept =
        ByteBuffer.allocate(Long.BYTES + record.length).putLong(until).put(record).array();
    SetArgs lives = SetArgs.Builder.px(Math.max(1, until - link.millis()));
    var ignored = Link.await(link.send(c -> c.set(LogKeys.record(user, device), kept, lives)));
  }

  @Override
  public void remove(String user, String device) {
    var ignored = Link.await(link.send(c -> c.del(LogKeys.record(user, device))));
  }
}
