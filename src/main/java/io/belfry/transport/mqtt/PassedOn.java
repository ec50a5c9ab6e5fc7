package io.belfry.transport.mqtt;

import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.Push;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.BinaryProperty;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringPair;
import io.netty.handler.codec.mqtt.MqttProperties.StringProperty;
import io.netty.handler.codec.mqtt.MqttProperties.UserProperties;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What a publish of MQTT 5 says to its subscribers and not to this node, and what they get
/// unaltered (MQTT 5, 3.3.2.3). In between it is headers of the entry, under names that nobody but
/// this can give: whoever reads on another transport sees these.
final class PassedOn {
  private static final String FORMAT = "payload-format-indicator";
  private static final String RESPONSE_TOPIC = "response-topic";
  // In base64.
  private static final String CORRELATION_DATA = "correlation-data";
  // As a form's: names may be there twice, and their order counts.
  private static final String USER_PROPERTIES = "user-properties";

  /// What this node says itself of a delivery: from others it would be taken for that.
  private static final Set<String> OWN = Set.of("offset", "id", "timestamp", "gap-after");

  /// What is said to this node, and to nobody else.
  private static final Set<String> TO_NODE =
      Set.of("content-type", "ttl", "topic", "idempotency-key");

  private PassedOn() {}

  /// The headers that keep it beside those which `push` has.
  ///
  /// @throws InvalidInputException where a text has characters that a client may refuse
  static Map<String, String> headers(Properties properties, Push push) {
    Map<String, String> headers = new HashMap<>(0);
    Long format = properties.number(MqttProperties.PAYLOAD_FORMAT_INDICATOR);
    if (format != null) {
      headers.put(FORMAT, format.toString());
    }
    String responseTopic = properties.text(MqttProperties.RESPONSE_TOPIC);
    if (responseTopic != null) {
      headers.put(RESPONSE_TOPIC, fit(responseTopic));
    }
    byte[] correlationData = properties.bytes(MqttProperties.CORRELATION_DATA);
    if (correlationData != null) {
      headers.put(CORRELATION_DATA, Base64.getEncoder().encodeToString(correlationData));
    }
    List<StringPair> pairs = new ArrayList<>(properties.user());
    pairs.removeIf(pair -> {
      String name = pair.key.toLowerCase(Locale.ROOT);
      return OWN.contains(name) || TO_NODE.contains(name);
    });
    if (!pairs.equals(pairs(push.headers()))) {
      headers.put(USER_PROPERTIES, form(pairs));
    }
    return headers;
  }

  /// Adds to a delivery what `headers` of its entry keep, and the others as user properties.
  static void add(Map<String, String> headers, MqttProperties properties, UserProperties user) {
    String form = headers.get(USER_PROPERTIES);
    headers.forEach((name, value) -> {
      switch (name) {
        case FORMAT ->
            properties.add(
                new IntegerProperty(
                    MqttProperties.PAYLOAD_FORMAT_INDICATOR, Integer.parseInt(value)));
        case RESPONSE_TOPIC ->
            properties.add(new StringProperty(MqttProperties.RESPONSE_TOPIC, value));
        case CORRELATION_DATA ->
            properties.add(
                new BinaryProperty(
                    MqttProperties.CORRELATION_DATA, Base64.getDecoder().decode(value)));
        case USER_PROPERTIES, Publisher.HEADER -> {}
        default -> {
          // Those of a publish are in the form, as they were written.
          if (form == null) {
            user.add(name, value);
          }
        }
      }
    });
    if (form != null) {
      pairs(form).forEach(user::add);
    }
  }

  private static List<StringPair> pairs(Map<String, String> headers) {
    return headers.entrySet().stream()
        .map(header -> new StringPair(header.getKey(), header.getValue()))
        .toList();
  }

  private static String form(List<StringPair> pairs) {
    return pairs.stream()
        .map(pair -> encoded(fit(pair.key)) + '=' + encoded(fit(pair.value)))
        .collect(Collectors.joining("&"));
  }

  private static List<StringPair> pairs(String form) {
    List<StringPair> pairs = new ArrayList<>();
    for (String pair : form.split("&", -1)) {
      int sign = pair.indexOf('=');
      pairs.add(
          new StringPair(decoded(pair.substring(0, sign)), decoded(pair.substring(sign + 1))));
    }
    return pairs;
  }

  // Who is sent one of these may take it for malformed (MQTT 5, 1.5.4), and would come again for
  // it.
  private static String fit(String text) {
    if (text.codePoints().anyMatch(c -> Character.isISOControl(c) || isNoCharacter(c))) {
      throw new InvalidInputException(
          "properties", "A property has a control character in it, or what is no character.");
    }
    return text;
  }

  private static boolean isNoCharacter(int c) {
    return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
