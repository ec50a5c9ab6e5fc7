package io.belfry.transport.mqtt;

import io.belfry.core.delivery.AckMode;
import io.belfry.core.delivery.SubscriptionRequest;
import io.belfry.core.log.Destination;
import io.belfry.core.log.From;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The subscriptions of one client.
final class Subscriptions {
  private static final int MAX_COUNT = 64;
  private static final CompletableFuture<?> ANSWERED = CompletableFuture.completedFuture(null);

  private final MqttSession session;
  private final MqttNode node;
  private final Arrival arrival;

  // Guarded by this monitor.
  private final Map<String, MqttSubscription> all = new HashMap<>(2);
  private boolean ended;

  Subscriptions(MqttSession session, MqttNode node, Arrival arrival) {
    this.session = session;
    this.node = node;
    this.arrival = arrival;
  }

  /// Goes on with what an earlier connection of this session had.
  void resume(SavedSession saved) {
    for (SavedSession.Saved each : saved.subscriptions()) {
      Destination topic = Topics.ofFilter(each.topic(), arrival.caller().user());
      if (!arrival.caller().mayRead(topic)) {
        continue; // the token of today has not the scope that the one of then had
      }
      open(
          each.topic(), each.qos(), each.identifier(), each.noLocal(), new From.Cursor(), ANSWERED);
    }
  }

  /// Subscribes, or changes what there is; what goes on does not start over.
  ///
  /// @param answered nothing is delivered on a new one before that
  /// @return with the QoS that was granted
  /// @throws MqttException where it is refused, with the code for the SUBACK
  synchronized MqttSubscription subscribe(
      String filter, int asked, int identifier, boolean noLocal, CompletableFuture<?> answered) {
    int granted = Math.min(asked, 1);
    // Refuses what is no destination, whatever else there is.
    if (!arrival.caller().mayRead(Topics.ofFilter(filter, arrival.caller().user()))) {
      throw MqttException.of(
          Reasons.NOT_AUTHORIZED, "This topic needs a token with the scope admin.");
    }
    MqttSubscription known = all.get(filter);
    if (known != null && known.qos() == granted) {
      known.change(identifier, noLocal);
      return known;
    }
    if (known != null) {
      known.close();
    } else if (all.size() >= MAX_COUNT) {
      throw MqttException.of(
          Reasons.QUOTA, "A connection has at most " + MAX_COUNT + " subscriptions.");
    }
    return open(filter, granted, identifier, noLocal, from(known), answered);
  }

  private From from(@Nullable MqttSubscription known) {
    if (known != null && arrival.hasOwnCursors()) {
      return known.goesOnAt();
    }
    // A session that began clean has missed nothing.
    return known == null && arrival.clean() ? new From.Latest() : new From.Cursor();
  }

  private synchronized MqttSubscription open(
      String topic,
      int qos,
      int identifier,
      boolean noLocal,
      From from,
      CompletableFuture<?> answered) {
    MqttSubscription subscription = new MqttSubscription(topic, qos, identifier, noLocal, answered);
    // Kept in any case: it is delivered on the session's next connection.
    all.put(topic, subscription);
    if (ended) {
      subscription.close();
      return subscription;
    }
    String user = arrival.caller().user();
    Destination destination = Topics.ofFilter(topic, user);
    subscription.isDeliveredBy(
        node.deliveries()
            .subscribe(
                session,
                new SubscriptionRequest(
                    destination,
                    user,
                    arrival.device(),
                    qos == 0 ? AckMode.AUTO : AckMode.CLIENT_INDIVIDUAL,
                    Math.min(node.deliveries().settings().window(), arrival.receiveMaximum()),
                    from,
                    arrival.hasOwnCursors(),
                    false,
                    subscription)));
    return subscription;
  }

  /// Ends one.
  ///
  /// @return whether there was one
  synchronized boolean unsubscribe(String filter) {
    MqttSubscription known = all.remove(filter);
    if (known != null) {
      known.close();
    }
    return known != null;
  }

  /// Whether one of them is not for what the client itself publishes.
  synchronized boolean haveNoLocal() {
    // Asked for each publish.
    for (MqttSubscription subscription : all.values()) {
      if (subscription.noLocal()) {
        return true;
      }
    }
    return false;
  }

  /// What there is, to be kept.
  ///
  /// @param sent and not acknowledged
  /// @param unreleased identifiers of publishes at QoS 2
  synchronized SavedSession saved(List<SavedSession.Sent> sent, List<Integer> unreleased) {
    List<SavedSession.Saved> saved = new ArrayList<>();
    all.values()
        .forEach(s ->
            saved.add(new SavedSession.Saved(s.topic(), s.qos(), s.identifier(), s.noLocal())));
    return new SavedSession(saved, sent, unreleased);
  }

  /// Ends all of them. Idempotent.
  ///
  /// @return whether no delivery is under way any more
  synchronized boolean end() {
    ended = true;
    all.values().forEach(MqttSubscription::close);
    return all.values().stream().allMatch(MqttSubscription::isOver);
  }
}
