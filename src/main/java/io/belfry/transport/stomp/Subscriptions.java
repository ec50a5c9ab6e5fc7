package io.belfry.transport.stomp;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.log.Digits;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The subscriptions of one connection. Few, so they are looked through.
final class Subscriptions {
  static final int MAX = 64;

  /// What an acknowledgement names.
  ///
  /// @param subscription null where it is gone: the acknowledgement is passed over then
  record Acknowledged(@Nullable StompSubscription subscription, long offset) {
    void settle(boolean refused) {
      if (subscription != null && offset >= 0) {
        subscription.settle(offset, refused);
      }
    }
  }

  // Guarded by this monitor: the reading thread changes it, whoever ends the connection too.
  private final List<StompSubscription> all = new ArrayList<>(1);
  private boolean ended;
  private int numbers;

  /// A number that no other subscription of this connection has had.
  synchronized int nextNumber() {
    return ++numbers;
  }

  synchronized void add(StompSubscription subscription) {
    if (find(subscription.id()) != null) {
      throw StompException.protocol("There is a subscription with this id already.");
    }
    if (all.size() == MAX) {
      throw StompException.of(
          CloseReason.LIMIT, "A connection has at most " + MAX + " subscriptions.", 429);
    }
    all.add(subscription);
  }

  /// Closes a subscription that was being opened while the connection ended.
  synchronized void closeWhereEnded(StompSubscription subscription) {
    if (ended) {
      subscription.close();
    }
  }

  synchronized void remove(String id) {
    StompSubscription known = find(id);
    if (known == null) {
      throw StompException.protocol("There is no subscription with this id.");
    }
    all.remove(known);
    known.close();
  }

  /// Closes all of them. Idempotent.
  ///
  /// @return whether no delivery is under way any more
  synchronized boolean end() {
    ended = true;
    all.forEach(StompSubscription::close);
    return all.stream().allMatch(StompSubscription::isOver);
  }

  /// What the header `ack` of a `MESSAGE` named, as 1.2 gives it back. What is none is passed over
  /// where there was a message without that header.
  synchronized Acknowledged byAckId(String id) {
    int dash = id.indexOf('-');
    long number = Digits.parse(id, 0, Math.max(dash, 0));
    long offset = dash < 0 ? -1 : Digits.parse(id, dash + 1, id.length());
    if (number < 0 || offset < 0) {
      if (all.stream().anyMatch(StompSubscription::hasPassed)) {
        return new Acknowledged(null, -1);
      }
      throw StompException.protocol("The id of an acknowledgement is none that a MESSAGE had.");
    }
    for (StompSubscription subscription : all) {
      if (subscription.number() == number) {
        return new Acknowledged(subscription, offset);
      }
    }
    return new Acknowledged(null, offset);
  }

  /// What a message id names, as 1.1 and 1.0 give it back.
  ///
  /// @param subscription its id; null where the client did not say it
  synchronized Acknowledged byMessageId(String messageId, @Nullable String subscription) {
    for (StompSubscription candidate : all) {
      if (subscription == null || candidate.id().equals(subscription)) {
        long offset = candidate.offsetOf(messageId);
        if (offset >= 0) {
          return new Acknowledged(candidate, offset);
        }
      }
    }
    return new Acknowledged(null, -1);
  }

  private @Nullable StompSubscription find(String id) {
    for (StompSubscription subscription : all) {
      if (subscription.id().equals(id)) {
        return subscription;
      }
    }
    return null;
  }
}
