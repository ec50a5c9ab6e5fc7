package io.belfry.core.delivery;

import io.belfry.core.log.Bells;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Logs;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The feeds of this node, one for each log that someone here listens to.
final class Feeds {
  /// How many rests it takes until each feed has looked at its log once.
  static final int RESTS_A_LOOK = 600;

  private final Logs logs;
  private final Bells bells;
  private final CursorKeeper cursors;
  private final InstantSource clock;
  private final int recentEntries;
  private final ConcurrentHashMap<Destination, Feed> feeds = new ConcurrentHashMap<>();

  // Those in which somebody may wait for a redelivery: few of many, and they alone are visited.
  private final Queue<Feed> expecting = new ConcurrentLinkedQueue<>();

  // The timer's alone.
  private int rests;

  Feeds(Logs logs, Bells bells, CursorKeeper cursors, InstantSource clock, int recentEntries) {
    this.logs = logs;
    this.bells = bells;
    this.cursors = cursors;
    this.clock = clock;
    this.recentEntries = recentEntries;
  }

  /// Adds the subscription to the feed of this log, which listens from now on. Blocks.
  ///
  /// @throws io.belfry.core.log.StoreUnavailableException where the store cannot take it now
  Feed join(Destination destination, Subscription subscription) {
    while (true) {
      Feed feed = feeds.computeIfAbsent(destination, this::open);
      if (feed.join(subscription, bells)) {
        return feed;
      }
    }
  }

  private Feed open(Destination destination) {
    return new Feed(destination, logs, cursors, clock, recentEntries, expecting);
  }

  int count() {
    return feeds.size();
  }

  /// Called some ten times a second.
  void tick() {
    for (int left = expecting.size(); left > 0; left--) {
      Feed feed = expecting.poll();
      if (feed != null) {
        feed.tick();
      }
    }
  }

  /// Called once a second. Each feed looks at its log every ten minutes, evenly spread: who misses
  /// bells without knowing it finds out then.
  void rest() {
    rests = (rests + 1) % RESTS_A_LOOK;
    for (Feed feed : feeds.values()) {
      if (feed.isInDoubt() || Math.floorMod(feed.destination().hashCode(), RESTS_A_LOOK) == rests) {
        feed.lookSoon();
      }
      if (feed.rest()) {
        Runnable forget = () -> feeds.remove(feed.destination(), feed);
        Thread.ofVirtual().name("belfry-unlisten").start(() -> feed.close(forget));
      }
    }
  }
}
