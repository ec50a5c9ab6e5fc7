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
final class RedisDeadLetters implements DeadLetters {
  private static final Script BURY = Script.of("bury");
  private static final Script LETTERS = Script.of("letters");
  private static final Script REDELIVER = Script.of("redeliver", "log");
  private static final Script REDELIVERIES = Script.of("redeliveries", "log");
  private static final byte[] DEAD = LogKeys.bytes(LogKeys.PREFIX + "{dead}:e");
  private static final byte[] LAST = LogKeys.bytes(LogKeys.PREFIX + "{dead}:l");
  private static final byte[] PLACES = LogKeys.bytes(LogKeys.PREFIX + "{dead}:p");
  private static final byte[] NONE = {};
  private static final int FIRST_OF_PAGE = 1000;

  private final Link link;
  private final byte[] ttl;
  private final long ttlMillis;

  RedisDeadLetters(Link link, Retention retention) {
    this.link = link;
    this.ttlMillis = retention.ttl().toMillis();
    this.ttl = Link.bytes(ttlMillis);
  }

  @Override
  public void add(DeadLetter letter) {
    Entry entry = letter.entry();
    CursorKey key = letter.key();
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(link.now());
    arguments.add(ttl);
    arguments.add(Link.bytes(Retention.MAX_DEAD_LETTERS));
    String log = key.destination().encodedPath();
    arguments.add(LogKeys.bytes(owner(key, entry.offset()) + ' ' + log));
    field(arguments, "log", log);
    field(arguments, "user", key.user());
    field(arguments, "device", key.device());
    field(arguments, "deliveries", Integer.toString(letter.deliveries()));
    field(arguments, "reason", letter.reason());
    field(arguments, "offset", Long.toString(entry.offset()));
    arguments.add(LogKeys.bytes("e"));
    arguments.add(EntryCodec.encode(entry));
    List<Object> reply =
        Link.await(
            link.run(BURY, new byte[][] {DEAD, LAST, PLACES}, arguments.toArray(byte[][]::new)));
    settled(key, entry.offset());
    note(key.destination(), entry.offset(), (Long) reply.getFirst());
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
    return !wasRetracted && Link.await(delete(List.of(offset))) > 0;
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

  /// Deletes the dead letters at these places. Does not block.
  CompletableFuture<Long> delete(List<Long> places) {
    String[] ids = places.stream().map(place -> place + "-0").toArray(String[]::new);
    return link.send(c -> c.xdel(DEAD, ids));
  }

  /// Deletes those that these notes tell of, and then the notes: where that fails between, whoever
  /// retracts the entry again finds them. Blocks.
  void deleteNoted(Destination destination, List<byte[]> notes) {
    List<Long> places =
        notes.stream().map(EntryCodec::text).map(RedisDeadLetters::placeOf).toList();
    var _ = Link.await(delete(places));
    byte[] key = LogKeys.of(destination).notes();
    var _ = Link.await(link.send(c -> c.srem(key, notes.toArray(byte[][]::new))));
  }

  private static long placeOf(String note) {
    return Long.parseLong(note.substring(note.indexOf(' ') + 1));
  }

  // So that who retracts the entry finds its dead letters. Lives as long as they do.
  private void note(Destination destination, long entry, long place) {
    byte[] notes = LogKeys.of(destination).notes();
    CompletableFuture<Long> added =
        link.send(c -> c.sadd(notes, LogKeys.bytes(entry + " " + place)));
    CompletableFuture<Boolean> kept = link.send(c -> c.pexpire(notes, ttlMillis));
    Link.await(added);
    Link.await(kept);
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
