package io.belfry.transport.mqtt;

import io.belfry.core.log.Destination;
import io.belfry.core.log.InvalidInputException;

/// Destinations as MQTT spells them: without the leading slash.
final class Topics {
  /// How the filter of a shared subscription begins.
  static final String SHARED = "$share/";

  private Topics() {}

  /// The log that a topic filter of this user names.
  ///
  /// @throws MqttException where it names none, with the code for the SUBACK
  static Destination ofFilter(String filter, String user) {
    if (filter.startsWith(SHARED)) {
      throw MqttException.of(Reasons.NO_SHARED, "There are no shared subscriptions here.");
    }
    if (filter.indexOf('+') >= 0 || filter.indexOf('#') >= 0) {
      throw MqttException.of(Reasons.NO_WILDCARDS, "There are no wildcards here.");
    }
    try {
      return Destination.ofSubscriber("/" + filter, user);
    } catch (InvalidInputException invalid) {
      throw MqttException.of(Reasons.FILTER_INVALID, String.valueOf(invalid.getMessage()));
    }
  }

  /// The log that a service publishes to; percent-encoding is decoded once.
  ///
  /// @throws MqttException where it names none
  static Destination ofService(String topic) {
    try {
      return Destination.ofService("/" + topic);
    } catch (InvalidInputException invalid) {
      throw MqttException.of(Reasons.TOPIC_INVALID, String.valueOf(invalid.getMessage()));
    }
  }
}
