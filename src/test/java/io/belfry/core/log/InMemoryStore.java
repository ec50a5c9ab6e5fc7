package io.belfry.core.log;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A store that keeps everything in memory under one lock: the ports, as simple as they can be. For
/// tests of what stands above them, which can make it lose bells, go away and wait.
public final class InMemoryStore implements Store, Logs, Cursors, Bells {
  private final Retention retention;
  private final InstantSource clock;
  private final Map<Destination, InMemoryLog> logs = new HashMap<>();
  private final Map<CursorKey, CursorState> cursors = new HashMap<>();
  private final Map<Destination, Consumer<Bell>> listeners = new ConcurrentHashMap<>();
  private final InMemoryPresence presence = new InMemoryPresence();
  private final InMemoryDeadLetters deadLetters = new InMemoryDeadLetters(this);
  private final InMemoryRecords records = new InMemoryRecords(this);

  /// How many reads of a log there were.
  public final AtomicInteger reads = new AtomicInteger();

  /// How many times a user's cursors were read.
  public final AtomicInteger cursorReads = new AtomicInteger();

  /// How many times cursors were written.
  public final AtomicInteger merges = new AtomicInteger();

  /// How often it was asked while it was away.
  public final AtomicInteger refusals = new AtomicInteger();

  /// Called before each read, outside the lock: a test may wait or fail in it.
  public volatile Runnable beforeRead = () -> {};

  /// Called before cursors are written, outside the lock.
  public volatile Runnable beforeMerge = () -> {};

  /// Cursors that cannot be written, not because it is away.
  public volatile Set<CursorKey> refusesToMerge = Set.of();

  /// No append is done before this has ended.
  public volatile CompletableFuture<?> mayAppend = CompletableFuture.completedFuture(null);

  /// Called before a listening is confirmed.
  public volatile Runnable beforeListening = () -> {};

  /// Called in a listening that has begun.
  public volatile Runnable whenListening = () -> {};

  /// Called for each bell: whether it is lost.
  public volatile boolean losesBells;

  /// Whether every call fails.
  public volatile boolean away;

  public InMemoryStore() {
    this(Retention.defaults(), InstantSource.system());
  }

  public InMemoryStore(Retention retention, InstantSource clock) {
    this.retention = retention;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Appended> append(Push push) {
    if (away) {
      return CompletableFuture.failedFuture(new StoreUnavailableException("away", null));
    }
    return mayAppend.thenApply(may -> {
      synchronized (this) {
        return appendNow(push);
      }
    });
  }

  private Appended appendNow(Push push) {
    InMemoryLog log = log(push.destination());
    Map.Entry<byte[], Receipt> known = log.keys.get(push.idempotencyKey());
    if (known != null) {
      return Arrays.equals(known.getKey(), push.body())
          ? new Appended.Repeated(known.getValue())
          : new Appended.Mismatched();
    }
    boolean online = listeners.containsKey(push.destination());
    Receipt receipt;
    if (push.isPassing()) {
      receipt = new Receipt(push.id(), null, online, push.ttl());
      ring(push.destination(), new Bell.Passing(Entry.of(push, 0, clock.instant())));
    } else {
      long previous = log.last;
      log.last = Offsets.next(previous, clock.instant());
      Entry entry = Entry.of(push, log.last, clock.instant());
      String collapse = push.collapseKey();
      Long older = collapse == null ? null : log.collapse.put(collapse, log.last);
      if (older != null && log.entries.remove(older) != null) {
        ring(push.destination(), new Bell.Removed(older));
      }
      log.entries.put(log.last, entry);
      log.entries.values().removeIf(e -> e.isExpired(clock.instant()));
      while (log.entries.size() > retention.maxMessages()) {
        log.trimmed = log.entries.pollFirstEntry().getKey();
      }
      receipt = new Receipt(push.id(), log.last, online, push.ttl());
      ring(push.destination(), new Bell.Grew(previous, log.last, entry));
    }
    if (push.idempotencyKey() != null) {
      log.keys.put(push.idempotencyKey(), Map.entry(push.body(), receipt));
    }
    return new Appended.Fresh(receipt);
  }

  void ring(Destination destination, Bell bell) {
    Consumer<Bell> listener = listeners.get(destination);
    if (listener != null && !losesBells) {
      listener.accept(bell);
    }
  }

  /// Says to this log's listener that bells may have been lost.
  public void ringLook(Destination destination) {
    Consumer<Bell> listener = listeners.get(destination);
    if (listener != null) {
      listener.accept(new Bell.Look());
    }
  }

  Instant now() {
    return clock.instant();
  }

  private InMemoryLog log(Destination destination) {
    return logs.computeIfAbsent(destination, d -> new InMemoryLog());
  }

  /// Throws while it is away.
  void check() {
    if (away) {
      refusals.incrementAndGet();
      throw new StoreUnavailableException("away", null);
    }
  }

  @Override
  public Batch after(Destination destination, long position, int maxEntries, long maxBytes) {
    beforeRead.run();
    check();
    reads.incrementAndGet();
    synchronized (this) {
      return log(destination).after(position, maxEntries, maxBytes, now());
    }
  }

  @Override
  public synchronized @Nullable Entry entry(Destination destination, long offset) {
    check();
    Entry entry = log(destination).entries.get(offset);
    return entry == null || entry.isExpired(clock.instant()) ? null : entry;
  }

  @Override
  public synchronized long last(Destination destination) {
    check();
    return log(destination).last;
  }

  @Override
  public synchronized void retract(Destination destination, long offset) {
    check();
    if (log(destination).entries.remove(offset) != null) {
      ring(destination, new Bell.Removed(offset));
    }
  }

  @Override
  public synchronized Map<String, Long> queues(String user) {
    check();
    Map<String, Long> queues = new TreeMap<>();
    logs.forEach((destination, log) -> {
      if (destination instanceof Destination.Queue queue && queue.user().equals(user)) {
        queues.put(queue.queue(), log.last);
      }
    });
    return queues;
  }

  @Override
  public synchronized Opened open(CursorKey key, From from) {
    check();
    InMemoryLog log = log(key.destination());
    CursorState known = cursors.get(key);
    long cursor = known == null ? firstStart(key, log) : known.settled();
    long start =
        switch (from) {
          case From.Cursor c -> cursor;
          case From.Earliest e -> log.trimmed;
          case From.Latest l -> log.last;
          case From.After after -> Math.min(after.offset(), log.last);
        };
    CursorState state = known == null ? CursorState.at(start) : known.merge(CursorState.at(start));
    cursors.put(key, state);
    return new Opened(state, start);
  }

  private long firstStart(CursorKey key, InMemoryLog log) {
    if (key.destination() instanceof Destination.Topic) {
      return log.last;
    }
    return of(key.destination(), key.user()).values().stream()
        .mapToLong(CursorState::settled)
        .max()
        .orElse(log.trimmed);
  }

  @Override
  public void acknowledge(CursorKey key, CursorState state, long offset) {
    merge(Map.of(key, state));
  }

  @Override
  public void merge(Map<CursorKey, CursorState> states) {
    beforeMerge.run();
    if (states.keySet().stream().anyMatch(refusesToMerge::contains)) {
      throw new IllegalStateException("a damaged cursor, planted by a test");
    }
    synchronized (this) {
      merges.incrementAndGet();
      check();
      states.forEach((key, state) -> cursors.merge(key, state, CursorState::merge));
    }
  }

  @Override
  public synchronized Map<String, CursorState> of(Destination destination, String user) {
    cursorReads.incrementAndGet();
    check();
    Map<String, CursorState> all = new HashMap<>();
    cursors.forEach((key, state) -> {
      if (key.destination().equals(destination) && key.user().equals(user)) {
        all.put(key.device(), state);
      }
    });
    return all;
  }

  @Override
  public Listening listen(Destination destination, Consumer<Bell> listener) {
    check();
    beforeListening.run();
    listeners.put(destination, listener);
    whenListening.run();
    return () -> listeners.remove(destination, listener);
  }

  @Override
  public DeviceRecords deviceRecords() {
    return records;
  }

  @Override
  public Logs logs() {
    return this;
  }

  @Override
  public Cursors cursors() {
    return this;
  }

  @Override
  public Bells bells() {
    return this;
  }

  @Override
  public InMemoryPresence presence() {
    return presence;
  }

  @Override
  public InMemoryDeadLetters deadLetters() {
    return deadLetters;
  }

  @Override
  public boolean isUp() {
    return !away;
  }

  @Override
  public void close() {}
}
