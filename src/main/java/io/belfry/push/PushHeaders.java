package io.belfry.push;

import io.belfry.core.log.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;

/// Those headers of a request that say something of the push.
final class PushHeaders {
  private PushHeaders() {}

  /// They, with names in lower case.
  ///
  /// @throws InvalidInputException where one is there twice and differs: which of them counts would
  ///   be a guess
  static Map<String, String> of(HttpFields fields) {
    Map<String, String> headers = LinkedHashMap.newLinkedHashMap(8);
    for (HttpField field : fields) {
      String name = field.getName();
      if (!isOfPush(name)) {
        continue;
      }
      String value = field.getValue() == null ? "" : field.getValue();
      String other = headers.put(name.toLowerCase(Locale.ROOT), value);
      if (other != null && !other.equals(value)) {
        throw new InvalidInputException(
            name, "The header " + name + " is there more than once and differs.");
      }
    }
    return headers;
  }

  private static boolean isOfPush(String name) {
    return switch (name.length()) {
      case 3 -> name.equalsIgnoreCase("ttl");
      case 5 -> name.equalsIgnoreCase("topic") || isCloudEvents(name);
      case 7 -> name.equalsIgnoreCase("urgency") || isCloudEvents(name);
      case 11 -> name.equalsIgnoreCase("traceparent") || isCloudEvents(name);
      case 12 -> name.equalsIgnoreCase("content-type") || isCloudEvents(name);
      case 15 -> name.equalsIgnoreCase("idempotency-key") || isCloudEvents(name);
      default -> isCloudEvents(name);
    };
  }

  private static boolean isCloudEvents(String name) {
    return name.regionMatches(true, 0, "ce-", 0, 3);
  }
}
