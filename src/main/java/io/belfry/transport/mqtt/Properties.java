package io.belfry.transport.mqtt;

import io.belfry.core.log.ContentType;
import io.belfry.core.log.Destination;
import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.StringPair;
import io.netty.handler.codec.mqtt.MqttProperties.UserProperties;
import java.util.LinkedHashMap;
import java.util.List;
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

  byte @Nullable [] bytes(int id) {
    return all.getProperty(id) instanceof MqttProperties.BinaryProperty bytes
        ? bytes.value()
        : null;
  }

  /// The user properties, in their order.
  List<StringPair> user() {
    return all.getProperty(MqttProperties.USER_PROPERTY) instanceof UserProperties pairs
        ? pairs.value()
        : List.of();
  }

  /// The push that they make of a publish, or of a will.
  ///
  /// @throws InvalidInputException naming what is wrong
  /// @throws MqttException where the body is not what they say that it is
  Push push(Destination destination, byte[] body, Retention retention) {
    if (number(MqttProperties.PAYLOAD_FORMAT_INDICATOR, 0) == 1 && !ContentType.isUtf8(body)) {
      throw MqttException.of(Reasons.FORMAT_INVALID, "The payload is not the UTF-8 that it says.");
    }
    Push push = Push.of(destination, pushHeaders(), body, retention);
    return push.passingOn(PassedOn.headers(this, push));
  }

  /// The headers of a push: the user properties, names in lower case, and what MQTT has properties
  /// of its own for.
  ///
  /// @throws InvalidInputException where a header is there twice and differs
  Map<String, String> pushHeaders() {
    Map<String, String> headers = new LinkedHashMap<>();
    for (StringPair pair : user()) {
      String name = pair.key.toLowerCase(Locale.ROOT);
      String other = headers.put(name, pair.value);
      // The standard lets a name be there more than once: what is no header of a push may be.
      if (other != null && !other.equals(pair.value) && Push.knows(name)) {
        throw new InvalidInputException(
            pair.key, "The user property " + pair.key + " is there more than once and differs.");
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
