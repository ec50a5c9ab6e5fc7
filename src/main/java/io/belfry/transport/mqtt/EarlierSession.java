package io.belfry.transport.mqtt;

import io.belfry.core.delivery.Connection;
import io.belfry.core.log.Presence;
import io.belfry.core.log.Session;
import org.jspecify.annotations.Nullable;

/// What the connections before have left of a session.
final class EarlierSession {
  private EarlierSession() {}

  /// Ends older connections of this client on any node, and finds what was kept of it. Blocks.
  ///
  /// @param shown the newer one, as presence shows it
  /// @return null where nothing was, or it is to be forgotten
  static @Nullable SavedSession takeOver(MqttNode node, Arrival arrival, Session shown) {
    if (!arrival.hasDevice()) {
      return null;
    }
    String user = arrival.caller().user();
    // Before they hear of it: what is kept of them is what this one goes on with.
    for (Connection older : node.deliveries().connections().takenOverBy(shown)) {
      if (older instanceof MqttSession here) {
        here.handOver();
      }
    }
    node.presence().signal(new Presence.Signal.TakeOver(shown, !arrival.clean()));
    node.keeping().await(user, arrival.device());
    byte[] record = node.records().get(user, arrival.device());
    if (record != null && (arrival.clean() || arrival.expiry().isZero())) {
      node.records().remove(user, arrival.device());
    }
    return record == null || arrival.clean() ? null : SavedSession.decoded(record);
  }
}
