package io.belfry.transport.mqtt;

import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.Push;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.MqttProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringPair;
import io.netty.handler.codec.mqtt.MqttProperties.UserProperties;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the properties of a packet say; a packet of MQTT 3.1.1 has none.
record Properties(MqttProperties all) {
  /// A number without a sign, or null where it is not there.
  @Nullable Long number(int id) {
    return all.getProperty(id) instanceof MqttProperties.IntegerProperty number
        ? Long.valueOf(Integer.toUnsignedLong(number.value()))
        : null;
  }

  long number(int id, long otherwise) {
    Long number = number(id);
    return number == null ? otherwise : number;
  }

  @Nullable String text(int id) {
    return all.getProperty(id) instanceof MqttProperties.StringProperty text ? text.value() : null;
  }

  boolean has(int id) {
    return all.getProperty(id) != null;
  }

  /// The headers of a push: the user properties, names in lower case, and what MQTT has properties
  /// of its own for.
  ///
  /// @throws InvalidInputException where a header is there twice and differs
  Map<String, String> pushHeaders() {
    Map<String, String> headers = new LinkedHashMap<>();
    MqttProperty<?> users = all.getProperty(MqttProperties.USER_PROPERTY);
    if (users instanceof UserProperties pairs) {
      for (StringPair pair : pairs.value()) {
        String name = pair.key.toLowerCase(Locale.ROOT);
        String other = headers.put(name, pair.value);
        // The standard lets a name be there more than once: what is left out may be.
        if (other != null && !other.equals(pair.value) && Push.knows(name)) {
          throw new InvalidInputException(
              pair.key, "The user property " + pair.key + " is there more than once and differs.");
        }
      }
    }
    String type = text(MqttProperties.CONTENT_TYPE);
    if (type != null) {
      headers.put("content-type", type);
    }
    Long expiry = number(MqttProperties.PUBLICATION_EXPIRY_INTERVAL);
    if (expiry != null) {
      headers.put("ttl", Long.toString(expiry));
    }
    return headers;
  }
}
