package io.belfry.store.redis;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.Cursors;
import io.belfry.core.log.Destination;
import io.belfry.core.log.From;
import io.belfry.core.log.Retention;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// The cursors in Redis: a hash for each user in each log, by device.
final class RedisCursors implements Cursors {
  private static final Script OPEN = Script.of("open", "cursor");
  private static final Script MERGE = Script.of("merge", "cursor");
  private static final Script LIST = Script.of("cursors");
  private static final byte[] MOST = Link.bytes(Retention.MAX_DEVICES);
  // So many that are merged at once that pushes get their turn between.
  private static final int MERGED_AT_ONCE = 256;

  private final Link link;
  private final byte[] deviceTtl;

  RedisCursors(Link link, Retention retention) {
    this.link = link;
    this.deviceTtl = Link.bytes(retention.deviceTtl().toMillis());
  }

  @Override
  public Opened open(CursorKey key, From from) {
    String kind =
        switch (from) {
          case From.Cursor() -> "cursor";
          case From.Earliest() -> "earliest";
          case From.Latest() -> "latest";
          case From.After after -> "after";
        };
    long offset = from instanceof From.After after ? after.offset() : 0;
    boolean isTopic = key.destination() instanceof Destination.Topic;
    List<Object> reply =
        Link.await(
            link.run(
                OPEN,
                keys(key),
                link.now(),
                deviceTtl,
                MOST,
                LogKeys.bytes(key.device()),
                LogKeys.bytes(kind),
                Link.bytes(offset),
                LogKeys.bytes(isTopic ? "1" : "0")));
    return new Opened(CursorCodec.decode((byte[]) reply.get(1)), (Long) reply.get(0));
  }

  @Override
  public void merge(Map<CursorKey, CursorState> states) {
    List<CompletableFuture<List<Object>>> sent = new ArrayList<>();
    states.forEach((key, state) -> {
      sent.add(merge(key, state));
      if (sent.size() == MERGED_AT_ONCE) {
        sent.forEach(Link::await);
        sent.clear();
      }
    });
    sent.forEach(Link::await);
  }

  @Override
  public void acknowledge(CursorKey key, CursorState state, long offset) {
    var ignored =
        Link.await(
            merge(
                key,
                state,
                link.publish(),
                link.channel(LogKeys.of(key.destination()).channel()),
                BellCodec.encode(key, offset)));
  }

  private CompletableFuture<List<Object>> merge(CursorKey key, CursorState state, byte[]... bell) {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(link.now());
    arguments.add(deviceTtl);
    arguments.add(MOST);
    arguments.add(LogKeys.bytes(key.device()));
    arguments.add(CursorCodec.encode(state));
    arguments.addAll(List.of(bell));
    return link.run(MERGE, keys(key), arguments.toArray(byte[][]::new));
  }

  @Override
  public Map<String, CursorState> of(Destination destination, String user) {
    byte[][] keys = {LogKeys.of(destination).cursors(user)};
    List<Object> reply = Link.await(link.run(LIST, keys, link.now(), deviceTtl));
    Map<String, CursorState> states = new TreeMap<>();
    for (int i = 0; i < reply.size(); i += 2) {
      states.put(EntryCodec.text(reply.get(i)), CursorCodec.decode((byte[]) reply.get(i + 1)));
    }
    return states;
  }

  private static byte[][] keys(CursorKey key) {
    LogKeys log = LogKeys.of(key.destination());
    return new byte[][] {log.cursors(key.user()), log.head()};
  }
}
