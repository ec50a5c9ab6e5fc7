package io.belfry.core.log;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The dead letters of an [InMemoryStore], and what is to be delivered once more.
public final class InMemoryDeadLetters implements DeadLetters {
  /// Called before it is asked what waits for a device, outside the lock.
  public volatile Runnable beforeRedeliveries = () -> {};

  /// Called before one is added, outside the lock.
  public volatile Runnable beforeAdd = () -> {};

  private final InMemoryStore store;
  private final TreeMap<Long, DeadLetter> letters = new TreeMap<>();
  private final Map<CursorKey, TreeMap<Long, Entry>> redeliveries = new HashMap<>();

  InMemoryDeadLetters(InMemoryStore store) {
    this.store = store;
  }

  @Override
  public boolean add(DeadLetter letter) {
    beforeAdd.run();
    return addNow(letter);
  }

  private synchronized boolean addNow(DeadLetter letter) {
    CursorKey key = letter.key();
    long entry = letter.entry().offset();
    if (store.entry(key.destination(), entry) == null && redelivery(key, entry) == null) {
      return false;
    }
    long offset = Offsets.next(letters.isEmpty() ? 0 : letters.lastKey(), store.now());
    letters
        .values()
        .removeIf(known ->
            known.key().equals(letter.key()) && known.entry().offset() == letter.entry().offset());
    letters.put(
        offset,
        new DeadLetter(offset, letter.key(), letter.deliveries(), letter.reason(), letter.entry()));
    settled(letter.key(), letter.entry().offset());
    return true;
  }

  @Override
  public synchronized List<DeadLetter> after(long offset, int limit) {
    store.check();
    return letters.tailMap(offset, false).values().stream().limit(limit).toList();
  }

  @Override
  public synchronized boolean redeliver(long offset) {
    store.check();
    DeadLetter letter = letters.remove(offset);
    if (letter == null) {
      return false;
    }
    redeliveries
        .computeIfAbsent(letter.key(), k -> new TreeMap<>())
        .put(letter.entry().offset(), letter.entry());
    store.ring(
        letter.key().destination(), new Bell.Redeliver(letter.key().user(), letter.key().device()));
    return true;
  }

  @Override
  public List<Long> redeliveries(CursorKey key) {
    beforeRedeliveries.run();
    synchronized (this) {
      store.check();
      return List.copyOf(redeliveries.getOrDefault(key, new TreeMap<>()).keySet());
    }
  }

  @Override
  public synchronized @Nullable Entry redelivery(CursorKey key, long offset) {
    store.check();
    return redeliveries.getOrDefault(key, new TreeMap<>()).get(offset);
  }

  @Override
  public synchronized void settled(CursorKey key, long offset) {
    store.check();
    redeliveries.getOrDefault(key, new TreeMap<>()).remove(offset);
  }
}
