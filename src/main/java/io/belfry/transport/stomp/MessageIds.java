package io.belfry.transport.stomp;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// The offsets of what is unacknowledged on one subscription, by message id: STOMP 1.1 and 1.0
/// acknowledge by that. Bounded: beyond twice the window the oldest is forgotten, and an
/// acknowledgement of it is passed over.
final class MessageIds {
  private final int most;
  private final LinkedHashMap<String, Long> offsets = new LinkedHashMap<>(8);

  MessageIds(int window) {
    this.most = 2 * window;
  }

  synchronized void put(String id, long offset) {
    var ignored = offsets.put(id, offset);
    if (offsets.size() > most) {
      offsets.pollFirstEntry();
    }
  }

  /// The offset, or -1.
  synchronized long offsetOf(String id) {
    return offsets.getOrDefault(id, -1L);
  }

  /// This one is acknowledged and, where `upTo`, all before it.
  synchronized void forget(long offset, boolean upTo) {
    Iterator<Map.Entry<String, Long>> oldestFirst = offsets.entrySet().iterator();
    while (oldestFirst.hasNext()) {
      long known = oldestFirst.next().getValue();
      if (known == offset || (upTo && known < offset)) {
        oldestFirst.remove();
      }
      if (known >= offset) {
        return;
      }
    }
  }
}
