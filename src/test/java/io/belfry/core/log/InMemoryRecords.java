package io.belfry.core.log;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What an [InMemoryStore] keeps of devices.
final class InMemoryRecords implements DeviceRecords {
  private record Kept(byte[] record, Instant expires) {}

  private final InMemoryStore store;
  private final Map<List<String>, Kept> all = new ConcurrentHashMap<>();

  InMemoryRecords(InMemoryStore store) {
    this.store = store;
  }

  @Override
  public byte @Nullable [] get(String user, String device) {
    store.check();
    Kept kept = all.get(List.of(user, device));
    return kept == null || !store.now().isBefore(kept.expires()) ? null : kept.record();
  }

  @Override
  public void put(String user, String device, byte[] record, Instant expires) {
    store.check();
    all.put(List.of(user, device), new Kept(record, expires));
  }

  @Override
  public void remove(String user, String device) {
    store.check();
    all.remove(List.of(user, device));
  }
}
