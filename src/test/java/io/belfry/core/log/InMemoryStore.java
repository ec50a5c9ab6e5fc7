package io.belfry.core.log;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
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
public final class InMemoryStore implements Store, Logs, Cursors, Bells, Presence, DeadLetters {
  private static final class Log {
    final TreeMap<Long, Entry> entries = new TreeMap<>();
    final Map<String, Long> collapse = new HashMap<>();
    final Map<String, Map.Entry<byte[], Receipt>> keys = new HashMap<>();
    long last;
    long trimmed;
  }

  private final Retention retention;
  private final InstantSource clock;
  private final Map<Destination, Log> logs = new HashMap<>();
  private final Map<CursorKey, CursorState> cursors = new HashMap<>();
  private final Map<Destination, Consumer<Bell>> listeners = new ConcurrentHashMap<>();
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private final TreeMap<Long, DeadLetter> deadLetters = new TreeMap<>();
  private final Map<CursorKey, TreeMap<Long, Entry>> redeliveries = new HashMap<>();
  private final List<Presence.Listener> signals = new ArrayList<>();
  private final Records records = new Records();

  /// How many reads of a log there were.
  public final AtomicInteger reads = new AtomicInteger();

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
    synchronized (this) {
      return CompletableFuture.completedFuture(appendNow(push));
    }
  }

  private Appended appendNow(Push push) {
    Log log = log(push.destination());
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

  private void ring(Destination destination, Bell bell) {
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

  private Log log(Destination destination) {
    return logs.computeIfAbsent(destination, d -> new Log());
  }

  private void check() {
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
      Log log = log(destination);
      List<Entry> batch = new ArrayList<>();
      long bytes = 0;
      for (Entry entry : log.entries.tailMap(position, false).values()) {
        bytes += entry.body().length;
        if (batch.size() == maxEntries || (bytes > maxBytes && !batch.isEmpty())) {
          return new Batch(batch, batch.getLast().offset(), log.trimmed);
        }
        if (!entry.isExpired(clock.instant())) {
          batch.add(entry);
        }
      }
      return new Batch(batch, log.last, log.trimmed);
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
    Log log = log(key.destination());
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

  private long firstStart(CursorKey key, Log log) {
    if (key.destination() instanceof Destination.Topic) {
      return log.last;
    }
    return of(key.destination(), key.user()).values().stream()
        .mapToLong(CursorState::settled)
        .max()
        .orElse(log.trimmed);
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
  public void opened(Session session) {
    sessions.add(session);
  }

  @Override
  public void closed(Session session) {
    sessions.remove(session);
  }

  @Override
  public List<Session> of(String user) {
    return sessions.stream().filter(s -> s.user().equals(user)).toList();
  }

  @Override
  public void signal(Signal signal) {
    tell(signal, Instant.MAX);
  }

  /// As a node hears it that had missed it when it was given.
  public void tell(Signal signal, Instant given) {
    signals.forEach(listener -> listener.heard(signal, given));
  }

  @Override
  public void onSignal(Presence.Listener listener) {
    signals.add(listener);
  }

  @Override
  public synchronized void add(DeadLetter letter) {
    check();
    long offset = Offsets.next(deadLetters.isEmpty() ? 0 : deadLetters.lastKey(), clock.instant());
    deadLetters.put(
        offset,
        new DeadLetter(offset, letter.key(), letter.deliveries(), letter.reason(), letter.entry()));
  }

  @Override
  public synchronized List<DeadLetter> after(long offset, int limit) {
    check();
    return deadLetters.tailMap(offset, false).values().stream().limit(limit).toList();
  }

  @Override
  public synchronized boolean redeliver(long offset) {
    check();
    DeadLetter letter = deadLetters.remove(offset);
    if (letter == null) {
      return false;
    }
    redeliveries
        .computeIfAbsent(letter.key(), k -> new TreeMap<>())
        .put(letter.entry().offset(), letter.entry());
    ring(
        letter.key().destination(), new Bell.Redeliver(letter.key().user(), letter.key().device()));
    return true;
  }

  @Override
  public synchronized List<Long> redeliveries(CursorKey key) {
    check();
    return List.copyOf(redeliveries.getOrDefault(key, new TreeMap<>()).keySet());
  }

  @Override
  public synchronized @Nullable Entry redelivery(CursorKey key, long offset) {
    check();
    return redeliveries.getOrDefault(key, new TreeMap<>()).get(offset);
  }

  @Override
  public synchronized void settled(CursorKey key, long offset) {
    check();
    redeliveries.getOrDefault(key, new TreeMap<>()).remove(offset);
  }

  @Override
  public DeviceRecords deviceRecords() {
    return records;
  }

  private final class Records implements DeviceRecords {
    private record Kept(byte[] record, Instant expires) {}

    private final Map<List<String>, Kept> all = new ConcurrentHashMap<>();

    @Override
    public byte @Nullable [] get(String user, String device) {
      check();
      Kept kept = all.get(List.of(user, device));
      return kept == null || !clock.instant().isBefore(kept.expires()) ? null : kept.record();
    }

    @Override
    public void put(String user, String device, byte[] record, Instant expires) {
      check();
      all.put(List.of(user, device), new Kept(record, expires));
    }

    @Override
    public void remove(String user, String device) {
      check();
      all.remove(List.of(user, device));
    }
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
  public Presence presence() {
    return this;
  }

  @Override
  public DeadLetters deadLetters() {
    return this;
  }

  @Override
  public boolean isUp() {
    return !away;
  }

  @Override
  public void close() {}
}
