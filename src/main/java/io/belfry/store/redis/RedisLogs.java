package io.belfry.store.redis;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Batch;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Push;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The logs in Redis, a stream each.
final class RedisLogs implements Logs {
  private static final Script READ = Script.of("read", "log");
  private static final Script ENTRY = Script.of("entry", "log");
  private static final Script RETRACT = Script.of("retract", "log");
  private static final byte[] LAST = LogKeys.bytes("l");

  private final Link link;
  private final Appends appends;
  private final RedisDeadLetters deadLetters;

  RedisLogs(Link link, Appends appends, RedisDeadLetters deadLetters) {
    this.link = link;
    this.appends = appends;
    this.deadLetters = deadLetters;
  }

  @Override
  public CompletableFuture<Appended> append(Push push) {
    return appends.append(push);
  }

  @Override
  public Batch after(Destination destination, long position, int maxEntries, long maxBytes) {
    LogKeys log = LogKeys.of(destination);
    List<Object> reply =
        Link.await(
            link.run(
                READ,
                new byte[][] {log.entries(), log.head(), log.dropped()},
                link.now(),
                Link.bytes(position),
                Link.bytes(maxEntries),
                Link.bytes(maxBytes)));
    List<Entry> entries = new ArrayList<>(reply.size() - 2);
    for (Object found : reply.subList(2, reply.size())) {
      List<?> entry = (List<?>) found;
      entries.add(EntryCodec.decode((Long) entry.get(0), (byte[]) entry.get(1)));
    }
    return new Batch(entries, (Long) reply.get(0), (Long) reply.get(1));
  }

  @Override
  public @Nullable Entry entry(Destination destination, long offset) {
    List<Object> reply =
        Link.await(
            link.run(
                ENTRY,
                new byte[][] {LogKeys.of(destination).entries()},
                link.now(),
                Link.bytes(offset)));
    return reply.isEmpty() ? null : EntryCodec.decode(offset, (byte[]) reply.getFirst());
  }

  @Override
  public long last(Destination destination) {
    return Link.await(lastOf(destination));
  }

  @Override
  public void retract(Destination destination, long offset) {
    LogKeys log = LogKeys.of(destination);
    List<Object> notes =
        Link.await(
            link.run(
                RETRACT,
                new byte[][] {
                  log.entries(), log.collapse(), log.early(), log.redeliveries(), log.notes()
                },
                link.now(),
                Link.bytes(offset),
                link.publish(),
                link.channel(log.channel())));
    if (!notes.isEmpty()) {
      var _ =
          Link.await(
              deadLetters.deleteNoted(
                  destination, notes.stream().map(byte[].class::cast).toList()));
    }
  }

  @Override
  public Map<String, Long> queues(String user) {
    Map<String, CompletableFuture<Long>> lasts = new HashMap<>();
    for (byte[] name : Link.await(link.send(c -> c.smembers(LogKeys.queues(user))))) {
      String queue = EntryCodec.text(name);
      lasts.put(queue, lastOf(new Destination.Queue(user, queue)));
    }
    Map<String, Long> queues = new TreeMap<>();
    lasts.forEach((queue, last) -> queues.put(queue, Link.await(last)));
    return queues;
  }

  private CompletableFuture<Long> lastOf(Destination destination) {
    return link.send(c -> c.hget(LogKeys.of(destination).head(), LAST))
        .thenApply(last -> last == null ? 0 : Long.parseLong(EntryCodec.text(last)));
  }
}
