package io.belfry.store.embedded;

import io.belfry.core.log.CursorState;
import java.util.Collection;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// A cursor as it is kept: its state, and when its device last used it, in milliseconds.
record StoredCursor(CursorState state, long used) {
  private static final int VERSION = 1;

  byte[] encoded() {
    ByteWriter writer = new ByteWriter(40 + 6 * state.beyond().size());
    writer.u8(VERSION).varint(used).varint(state.settled()).varint(state.sent());
    offsets(writer, state.beyond());
    offsets(writer, state.nacks().keySet());
    state.nacks().values().forEach(writer::varint);
    return writer.done();
  }

  static StoredCursor decoded(byte[] bytes) {
    ByteReader reader = new ByteReader("a cursor", bytes).version(VERSION);
    long used = reader.varint();
    long settled = reader.varint();
    long sent = reader.varint();
    SortedSet<Long> beyond = new TreeSet<>();
    offsets(reader, settled, beyond);
    SortedSet<Long> nacked = new TreeSet<>();
    offsets(reader, settled, nacked);
    SortedMap<Long, Integer> nacks = new TreeMap<>();
    for (Long offset : nacked) {
      nacks.put(offset, (int) reader.varint());
    }
    reader.end();
    if (settled < 0 || sent < 0) {
      throw reader.damaged("a number in it cannot be");
    }
    return new StoredCursor(new CursorState(settled, beyond, sent, nacks), used);
  }

  static long usedOf(byte[] bytes) {
    return new ByteReader("a cursor", bytes).version(VERSION).varint();
  }

  // How many, then each as the distance from the one before it.
  private void offsets(ByteWriter writer, Collection<Long> ascending) {
    writer.varint(ascending.size());
    long before = state.settled();
    for (long offset : ascending) {
      writer.signed(offset - before);
      before = offset;
    }
  }

  private static void offsets(ByteReader reader, long settled, Collection<Long> offsets) {
    int count = reader.count(1);
    long before = settled;
    for (int i = 0; i < count; i++) {
      before += reader.signed();
      offsets.add(before);
    }
  }
}
