package io.belfry.core.log;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One log of an [InMemoryStore], guarded by its monitor.
final class InMemoryLog {
  final TreeMap<Long, Entry> entries = new TreeMap<>();
  final Map<String, Long> collapse = new HashMap<>();
  final Map<String, Map.Entry<byte[], Receipt>> keys = new HashMap<>();
  long last;
  long trimmed;

  Batch after(long position, int maxEntries, long maxBytes, Instant now) {
    List<Entry> batch = new ArrayList<>();
    long bytes = 0;
    for (Entry entry : entries.tailMap(position, false).values()) {
      bytes += entry.size();
      if (batch.size() == maxEntries || (bytes > maxBytes && !batch.isEmpty())) {
        return new Batch(batch, batch.getLast().offset(), trimmed);
      }
      if (!entry.isExpired(now)) {
        batch.add(entry);
      }
    }
    return new Batch(batch, last, trimmed);
  }
}
