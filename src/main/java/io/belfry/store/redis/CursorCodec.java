package io.belfry.store.redis;

import io.belfry.core.log.CursorState;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;

/// A cursor as text: `used|settled|sent|beyond,…|nacked:count,…`. When it was used is the scripts'
/// own.
final class CursorCodec {
  private CursorCodec() {}

  static byte[] encode(CursorState state) {
    StringJoiner beyond = new StringJoiner(",");
    state.beyond().forEach(offset -> beyond.add(Long.toString(offset)));
    StringJoiner nacks = new StringJoiner(",");
    state.nacks().forEach((offset, count) -> nacks.add(offset + ":" + count));
    return LogKeys.bytes("0|" + state.settled() + '|' + state.sent() + '|' + beyond + '|' + nacks);
  }

  static CursorState decode(byte[] bytes) {
    String[] parts = EntryCodec.text(bytes).split("\\|", -1);
    SortedSet<Long> beyond = new TreeSet<>();
    SortedMap<Long, Integer> nacks = new TreeMap<>();
    if (!parts[3].isEmpty()) {
      for (String offset : parts[3].split(",", -1)) {
        beyond.add(Long.parseLong(offset));
      }
    }
    if (!parts[4].isEmpty()) {
      for (String nack : parts[4].split(",", -1)) {
        int colon = nack.indexOf(':');
        nacks.put(
            Long.parseLong(nack.substring(0, colon)), Integer.parseInt(nack.substring(colon + 1)));
      }
    }
    return new CursorState(Long.parseLong(parts[1]), beyond, Long.parseLong(parts[2]), nacks);
  }
}
