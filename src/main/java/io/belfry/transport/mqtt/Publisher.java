package io.belfry.transport.mqtt;

import io.belfry.core.log.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/// Who has published an entry, for subscriptions with No Local: these do not get what their own
/// client has published. Subscribers are not told who that is.
///
/// @param mark the same for all connections of one client
record Publisher(String mark) {
  /// The header of an entry that keeps it.
  static final String HEADER = "no-local";

  static Publisher of(Arrival arrival) {
    String id = Objects.requireNonNullElse(arrival.assigned(), arrival.device());
    String client = arrival.caller().user() + '/' + id;
    return new Publisher(
        UUID.nameUUIDFromBytes(client.getBytes(StandardCharsets.UTF_8)).toString());
  }

  Map<String, String> header() {
    return Map.of(HEADER, mark);
  }

  /// Whether it is known to have published this.
  boolean hasPublished(Entry entry) {
    return mark.equals(entry.headers().get(HEADER));
  }
}
