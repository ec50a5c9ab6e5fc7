package io.belfry.transport.mqtt;

import io.belfry.core.log.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/// Who has published an entry, for subscriptions with No Local: these do not get what their own
/// client has published. Subscribers are not told who that is.
final class Publisher {
  /// The header of an entry that keeps it: a mark, the same for all connections of one client.
  static final String HEADER = "no-local";

  private Publisher() {}

  static Map<String, String> header(Arrival arrival) {
    return Map.of(HEADER, mark(arrival));
  }

  /// Whether this client is known to have published that.
  static boolean hasPublished(Arrival arrival, Entry entry) {
    String mark = entry.headers().get(HEADER);
    return mark != null && mark.equals(mark(arrival));
  }

  private static String mark(Arrival arrival) {
    String id = Objects.requireNonNullElse(arrival.assigned(), arrival.device());
    String client = arrival.caller().user() + '/' + id;
    return UUID.nameUUIDFromBytes(client.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
