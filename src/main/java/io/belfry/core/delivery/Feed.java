package io.belfry.core.delivery;

import io.belfry.core.log.Batch;
import io.belfry.core.log.Bell;
import io.belfry.core.log.Bells;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Logs;
import io.belfry.core.log.StoreUnavailableException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A node's view of one log that someone here listens to: one listening, a few recent entries, its
/// subscriptions.
///
/// **The turn from backlog to live.** A feed looks at its log only after the store has confirmed
/// the listening. So each entry either was there when it looked, and `last` tells of it, or rings.
/// A subscription joins before it reads, and reads as long as its position is below `last`: nothing
/// can fall between.
final class Feed {
  private static final long LINGER_NANOS = 30_000_000_000L;

  private final Destination destination;
  private final Logs logs;
  private final CursorKeeper cursors;
  private final InstantSource clock;

  // Held while the listening begins or ends: one change at a time.
  private final ReentrantLock change = new ReentrantLock();
  private Bells.@Nullable Listening listening;
  private boolean looked;
  private boolean removed;

  // Written under this feed's monitor; says to subscriptions without it that there is more to read.
  private volatile long last;

  // Whether a bell may have been missed and the log was not looked at since.
  private volatile boolean inDoubt;

  // Whether a subscription may wait for a redelivery, and this feed is among `expecting`.
  private final Collection<Feed> expecting;
  private volatile boolean expects;

  // All below is guarded by this feed's monitor.
  private final Recent recent;
  private boolean stirred;
  private final Subscribers subscribers = new Subscribers();
  private long unusedSince = System.nanoTime();

  /// @param expecting takes this feed each time that it is to be called by [#tick]
  Feed(
      Destination destination,
      Logs logs,
      CursorKeeper cursors,
      InstantSource clock,
      int recentEntries,
      Collection<Feed> expecting) {
    this.destination = destination;
    this.logs = logs;
    this.cursors = cursors;
    this.clock = clock;
    this.recent = new Recent(recentEntries);
    this.expecting = expecting;
  }

  Destination destination() {
    return destination;
  }

  /// Listens, if this is the first, and adds the subscription. Blocks.
  ///
  /// @return false where this feed was given up meanwhile: take another
  boolean join(Subscription subscription, Bells bells) {
    change.lock();
    try {
      if (removed) {
        return false;
      }
      if (listening == null) {
        listening = bells.listen(destination, this::ring);
      }
      // It may have failed although the listening had begun.
      if (!looked) {
        look();
        looked = true;
      }
      add(subscription);
      return true;
    } finally {
      change.unlock();
    }
  }

  /// Compares the log's last offset with what the bells said. Blocks.
  void look() {
    long now = logs.last(destination);
    synchronized (this) {
      if (now <= last) {
        return;
      }
      last = now;
      recent.forgetUpTo(now);
    }
    wake();
  }

  /// Looks on a thread of its own, and again until the store answers. Does not block.
  void lookSoon() {
    inDoubt = true;
    Thread.ofVirtual().name("belfry-look").start(this::tryToLook);
  }

  /// Whether a look has not succeeded yet.
  boolean isInDoubt() {
    return inDoubt;
  }

  private void tryToLook() {
    inDoubt = false;
    try {
      look();
    } catch (StoreUnavailableException away) {
      inDoubt = true;
    }
  }

  private synchronized void add(Subscription subscription) {
    subscribers.add(subscription);
  }

  synchronized void leave(Subscription subscription) {
    subscribers.remove(subscription);
    if (subscribers.isEmpty()) {
      unusedSince = System.nanoTime();
    }
  }

  /// The last offset that this node knows to be assigned.
  long last() {
    return last;
  }

  /// What is after `position`: from the recent entries where they reach back far enough, else from
  /// the log. Blocks.
  Batch after(long position, int maxEntries, int maxBytes, Counters counters) {
    synchronized (this) {
      if (recent.reachesBackTo(position)) {
        return recent.after(position, maxEntries, maxBytes, last, clock.instant());
      }
    }
    counters.logReads.increment();
    return logs.after(destination, position, maxEntries, maxBytes);
  }

  /// The entry at `offset`, or null where it is gone. Blocks.
  @Nullable Entry entry(long offset) {
    return logs.entry(destination, offset);
  }

  /// The highest unexpired offset that `max-messages` dropped, 0 where there is none. Blocks.
  long trimmed() {
    return logs.after(destination, last, 1, 1).trimmed();
  }

  /// What the store rings.
  void ring(Bell bell) {
    switch (bell) {
      case Bell.Grew grew -> {
        if (grow(grew)) {
          wake();
        }
      }
      case Bell.Removed gone -> remove(gone.offset());
      case Bell.Passing passing -> forEach(s -> s.offer(passing.message()));
      case Bell.Redeliver again -> forEach(s -> s.redeem(again.user(), again.device()));
      case Bell.Acknowledged by ->
          cursors.acknowledged(new CursorKey(destination, by.user(), by.device()), by.offset());
      case Bell.Look look -> {
        doubtRecent();
        forEach(Subscription::doubt);
        lookSoon();
      }
    }
  }

  // One of them may have been removed without a bell that was heard.
  private synchronized void doubtRecent() {
    recent.forgetUpTo(last);
  }

  private synchronized boolean grow(Bell.Grew bell) {
    if (bell.offset() <= last) {
      return false;
    }
    if (subscribers.isEmpty()) {
      recent.forgetUpTo(bell.offset());
    } else {
      if (subscribers.haveReached(last)) {
        // What waits here to be pushed out by later ones is old by then: dear to collect.
        recent.forgetUpTo(last);
      }
      recent.add(bell, last);
    }
    last = bell.offset();
    stirred = true;
    return true;
  }

  private synchronized void remove(long offset) {
    recent.remove(offset);
  }

  private void wake() {
    forEach(Subscription::wake);
  }

  private void forEach(Consumer<Subscription> action) {
    Subscription[] all;
    synchronized (this) {
      all = subscribers.all();
    }
    Portions.each(all, action);
  }

  /// Called once a second: recent entries that nothing has been added to since go, and so does a
  /// listening that nobody has needed for half a minute.
  ///
  /// @return whether this feed is to be closed
  synchronized boolean rest() {
    if (!stirred && !recent.isEmpty()) {
      recent.forgetUpTo(last);
    }
    stirred = false;
    return subscribers.isEmpty() && System.nanoTime() - unusedSince > LINGER_NANOS;
  }

  /// A subscription waits for a redelivery: [#tick] is to be called.
  void expect() {
    if (!expects) {
      enlist();
    }
  }

  private synchronized void enlist() {
    if (!expects) {
      expects = true;
      expecting.add(this);
    }
  }

  /// Calls every subscription whose redelivery may be due, and says so where one is to be called
  /// again.
  void tick() {
    // Before the look: who begins to wait after it says so again.
    expects = false;
    if (visit()) {
      expect();
    }
  }

  private synchronized boolean visit() {
    return subscribers.tick();
  }

  /// Ends the listening, if still nobody needs it, and forgets this feed. Blocks.
  void close(Runnable forget) {
    change.lock();
    try {
      synchronized (this) {
        if (!subscribers.isEmpty()) {
          return;
        }
      }
      if (listening != null) {
        listening.close();
      }
      removed = true;
      forget.run();
    } finally {
      change.unlock();
    }
  }
}
