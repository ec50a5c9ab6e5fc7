package io.belfry.store.redis;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.DeadLetter;
import io.belfry.core.log.DeadLetters;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Retention;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The dead letters of all logs in one stream, and beside each log what is to be delivered from it
/// once more. The two are in different slots of a Cluster: a dead letter goes once its redelivery
/// is kept, and a redelivery once its dead letter is, so a crash between leaves both, never none.
///
/// An entry is noted in its log before it is a dead letter, and looked at again after that: whoever
/// removes it meanwhile finds the one or is seen.
final class RedisDeadLetters implements DeadLetters {
  private static final Script NOTE = Script.of("note", "log");
  private static final Script BURY = Script.of("bury");
  private static final Script BURIED = Script.of("buried", "log");
  private static final Script UNBURY = Script.of("unbury");
  private static final Script LETTERS = Script.of("letters");
  private static final Script REDELIVER = Script.of("redeliver", "log");
  private static final Script REDELIVERED = Script.of("redelivered");
  private static final Script REDELIVERIES = Script.of("redeliveries", "log");
  private static final byte[] DEAD = LogKeys.bytes(LogKeys.PREFIX + "{dead}:e");
  private static final byte[] LAST = LogKeys.bytes(LogKeys.PREFIX + "{dead}:l");
  private static final byte[] PLACES = LogKeys.bytes(LogKeys.PREFIX + "{dead}:p");
  private static final byte[] NONE = {};
  private static final int FIRST_OF_PAGE = 1000;
  // Those of all dead letters that there can be, and as many of what was removed.
  private static final int MOST_NOTES = 2 * Retention.MAX_DEAD_LETTERS;
  // What `note.lua` says of an entry that was removed although it was noted before.
  private static final long REMOVED = -1;

  private final Link link;
  private final byte[] ttl;

  RedisDeadLetters(Link link, Retention retention) {
    this.link = link;
    this.ttl = Link.bytes(retention.ttl().toMillis());
  }

  @Override
  public boolean add(DeadLetter letter) {
    CursorKey key = letter.key();
    long offset = letter.entry().offset();
    long noted = note(key, offset);
    if (noted == 1) {
      bury(letter);
      noted = buried(key, offset) == 1 ? 1 : REMOVED;
    }
    if (noted == REMOVED) {
      var _ = Link.await(unbury(key.destination(), List.of(LogKeys.bytes(owner(key, offset)))));
    }
    return noted == 1;
  }

  @Override
  public List<DeadLetter> after(long offset, int limit) {
    List<DeadLetter> letters = new ArrayList<>();
    long seen = offset;
    boolean more = true;
    while (more && letters.size() < limit) {
      int wanted = Math.min(FIRST_OF_PAGE, limit - letters.size());
      List<DeadLetter> page = page(seen, wanted);
      letters.addAll(page);
      more = page.size() == wanted;
      seen = page.isEmpty() ? seen : page.getLast().offset();
    }
    return letters;
  }

  @Override
  public boolean redeliver(long offset) {
    List<DeadLetter> found = page(offset - 1, 1);
    if (found.isEmpty() || found.getFirst().offset() != offset) {
      return false;
    }
    CursorKey key = found.getFirst().key();
    Entry entry = found.getFirst().entry();
    LogKeys log = LogKeys.of(key.destination());
    List<Object> kept =
        Link.await(
            link.run(
                REDELIVER,
                new byte[][] {log.redeliveries(), log.notes()},
                link.now(),
                ttl,
                Link.bytes(entry.offset()),
                LogKeys.bytes(key.device()),
                LogKeys.bytes(key.user()),
                Link.bytes(entry.timestamp().toEpochMilli()),
                EntryCodec.encodeFromId(entry),
                link.publish(),
                link.channel(log.channel())));
    boolean wasRetracted = (Long) kept.getFirst() == 0;
    return !wasRetracted
        && first(link.run(REDELIVERED, new byte[][] {DEAD, PLACES}, Link.bytes(offset))) > 0;
  }

  @Override
  public List<Long> redeliveries(CursorKey key) {
    return redeliveries(key, NONE).stream().map(Long.class::cast).toList();
  }

  @Override
  public @Nullable Entry redelivery(CursorKey key, long offset) {
    List<Object> found = redeliveries(key, Link.bytes(offset));
    return found.isEmpty() ? null : EntryCodec.decode(offset, (byte[]) found.getFirst());
  }

  @Override
  public void settled(CursorKey key, long offset) {
    byte[] field = LogKeys.bytes(owner(key, offset));
    var ignored =
        Link.await(link.send(c -> c.hdel(LogKeys.of(key.destination()).redeliveries(), field)));
  }

  /// Deletes those that these notes tell of, and then the notes: where that fails between, whoever
  /// removes something from the log again finds them. Does not block.
  CompletableFuture<?> deleteNoted(Destination destination, List<byte[]> notes) {
    byte[] key = LogKeys.of(destination).notes();
    return unbury(destination, notes)
        .thenCompose(_ -> link.send(c -> c.zrem(key, notes.toArray(byte[][]::new))));
  }

  private long note(CursorKey key, long offset) {
    LogKeys log = LogKeys.of(key.destination());
    return first(
        link.run(
            NOTE,
            new byte[][] {log.entries(), log.redeliveries(), log.notes()},
            link.now(),
            ttl,
            Link.bytes(MOST_NOTES),
            Link.bytes(offset),
            LogKeys.bytes(key.device()),
            LogKeys.bytes(key.user())));
  }

  private void bury(DeadLetter letter) {
    Entry entry = letter.entry();
    CursorKey key = letter.key();
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(link.now());
    arguments.add(ttl);
    arguments.add(Link.bytes(Retention.MAX_DEAD_LETTERS));
    String log = key.destination().encodedPath();
    arguments.add(LogKeys.bytes(place(key.destination(), owner(key, entry.offset()))));
    field(arguments, "log", log);
    field(arguments, "user", key.user());
    field(arguments, "device", key.device());
    field(arguments, "deliveries", Integer.toString(letter.deliveries()));
    field(arguments, "reason", letter.reason());
    field(arguments, "offset", Long.toString(entry.offset()));
    arguments.add(LogKeys.bytes("e"));
    arguments.add(EntryCodec.encode(entry));
    var _ =
        Link.await(
            link.run(BURY, new byte[][] {DEAD, LAST, PLACES}, arguments.toArray(byte[][]::new)));
  }

  private long buried(CursorKey key, long offset) {
    LogKeys log = LogKeys.of(key.destination());
    return first(
        link.run(
            BURIED,
            new byte[][] {log.redeliveries(), log.notes()},
            Link.bytes(offset),
            LogKeys.bytes(key.device()),
            LogKeys.bytes(key.user())));
  }

  // Of an entry that was removed.
  private CompletableFuture<?> unbury(Destination destination, List<byte[]> owners) {
    byte[][] places =
        owners.stream()
            .map(owner -> LogKeys.bytes(place(destination, EntryCodec.text(owner))))
            .toArray(byte[][]::new);
    return link.run(UNBURY, new byte[][] {DEAD, PLACES}, places);
  }

  private static String place(Destination destination, String owner) {
    return owner + ' ' + destination.encodedPath();
  }

  private static long first(CompletableFuture<List<Object>> reply) {
    return (Long) Link.await(reply).getFirst();
  }

  private List<Object> redeliveries(CursorKey key, byte[] offset) {
    return Link.await(
        link.run(
            REDELIVERIES,
            new byte[][] {LogKeys.of(key.destination()).redeliveries()},
            link.now(),
            LogKeys.bytes(key.device()),
            LogKeys.bytes(key.user()),
            offset));
  }

  private List<DeadLetter> page(long after, int limit) {
    List<Object> reply =
        Link.await(
            link.run(
                LETTERS, new byte[][] {DEAD}, link.now(), Link.bytes(after), Link.bytes(limit)));
    return reply.stream().map(letter -> letter((List<?>) letter)).toList();
  }

  private static DeadLetter letter(List<?> row) {
    Map<String, byte[]> fields = new HashMap<>();
    for (int i = 1; i < row.size(); i += 2) {
      fields.put(EntryCodec.text(row.get(i)), (byte[]) row.get(i + 1));
    }
    CursorKey key =
        new CursorKey(
            Destination.ofService(text(fields, "log")),
            text(fields, "user"),
            text(fields, "device"));
    Entry entry = EntryCodec.decode(Long.parseLong(text(fields, "offset")), bytes(fields, "e"));
    return new DeadLetter(
        (Long) row.getFirst(),
        key,
        Integer.parseInt(text(fields, "deliveries")),
        text(fields, "reason"),
        entry);
  }

  private static String text(Map<String, byte[]> fields, String name) {
    return EntryCodec.text(bytes(fields, name));
  }

  private static byte[] bytes(Map<String, byte[]> fields, String name) {
    byte[] value = fields.get(name);
    if (value == null) {
      throw new IllegalStateException("Stored data is damaged: a dead letter has no " + name);
    }
    return value;
  }

  private static String owner(CursorKey key, long offset) {
    return offset + " " + key.device() + ' ' + key.user();
  }

  private static void field(List<byte[]> arguments, String name, String value) {
    arguments.add(LogKeys.bytes(name));
    arguments.add(LogKeys.bytes(value));
  }
}
