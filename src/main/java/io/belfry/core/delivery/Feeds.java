package io.belfry.core.delivery;

import io.belfry.core.log.Bells;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Logs;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;

/// The feeds of this node, one for each log that someone here listens to.
final class Feeds {
  private final Logs logs;
  private final Bells bells;
  private final InstantSource clock;
  private final int recentEntries;
  private final ConcurrentHashMap<Destination, Feed> feeds = new ConcurrentHashMap<>();

  Feeds(Logs logs, Bells bells, InstantSource clock, int recentEntries) {
    this.logs = logs;
    this.bells = bells;
    this.clock = clock;
    this.recentEntries = recentEntries;
  }

  /// Adds the subscription to the feed of this log, which listens from now on. Blocks.
  ///
  /// @throws io.belfry.core.log.StoreUnavailableException where the store cannot take it now
  Feed join(Destination destination, Subscription subscription) {
    while (true) {
      Feed feed = feeds.computeIfAbsent(destination, d -> new Feed(d, logs, clock, recentEntries));
      if (feed.join(subscription, bells)) {
        return feed;
      }
    }
  }

  int count() {
    return feeds.size();
  }

  /// Called some ten times a second.
  void tick() {
    feeds.values().forEach(Feed::tick);
  }

  /// Called once a second.
  void rest() {
    for (Feed feed : feeds.values()) {
      if (feed.rest()) {
        Runnable forget = () -> feeds.remove(feed.destination(), feed);
        Thread.ofVirtual().name("belfry-unlisten").start(() -> feed.close(forget));
      }
    }
  }
}
