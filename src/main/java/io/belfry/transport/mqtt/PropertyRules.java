package io.belfry.transport.mqtt;

import static io.netty.handler.codec.mqtt.MqttProperties.AUTHENTICATION_DATA;
import static io.netty.handler.codec.mqtt.MqttProperties.AUTHENTICATION_METHOD;
import static io.netty.handler.codec.mqtt.MqttProperties.CONTENT_TYPE;
import static io.netty.handler.codec.mqtt.MqttProperties.CORRELATION_DATA;
import static io.netty.handler.codec.mqtt.MqttProperties.MAXIMUM_PACKET_SIZE;
import static io.netty.handler.codec.mqtt.MqttProperties.PAYLOAD_FORMAT_INDICATOR;
import static io.netty.handler.codec.mqtt.MqttProperties.PUBLICATION_EXPIRY_INTERVAL;
import static io.netty.handler.codec.mqtt.MqttProperties.REASON_STRING;
import static io.netty.handler.codec.mqtt.MqttProperties.RECEIVE_MAXIMUM;
import static io.netty.handler.codec.mqtt.MqttProperties.REQUEST_PROBLEM_INFORMATION;
import static io.netty.handler.codec.mqtt.MqttProperties.REQUEST_RESPONSE_INFORMATION;
import static io.netty.handler.codec.mqtt.MqttProperties.RESPONSE_TOPIC;
import static io.netty.handler.codec.mqtt.MqttProperties.SESSION_EXPIRY_INTERVAL;
import static io.netty.handler.codec.mqtt.MqttProperties.SUBSCRIPTION_IDENTIFIER;
import static io.netty.handler.codec.mqtt.MqttProperties.TOPIC_ALIAS;
import static io.netty.handler.codec.mqtt.MqttProperties.TOPIC_ALIAS_MAXIMUM;
import static io.netty.handler.codec.mqtt.MqttProperties.USER_PROPERTY;
import static io.netty.handler.codec.mqtt.MqttProperties.WILL_DELAY_INTERVAL;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;

/// Which properties a client's packet may have (MQTT 5, 2.2.2.2): where, how often, and what they
/// may say. The codec keeps one of two and takes any anywhere.
final class PropertyRules {
  /// Where properties stand.
  enum In {
    CONNECT,
    WILL,
    PUBLISH,
    REPLY,
    SUBSCRIBE,
    UNSUBSCRIBE,
    DISCONNECT
  }

  private enum Kind {
    FLAG,
    TWO_BYTES,
    FOUR_BYTES,
    NUMBER,
    TEXT,
    TEXT_PAIR
  }

  private record Rule(Kind kind, Set<In> where) {}

  private static final Map<Integer, Rule> RULES =
      Map.ofEntries(
          rule(PAYLOAD_FORMAT_INDICATOR, Kind.FLAG, In.PUBLISH, In.WILL),
          rule(PUBLICATION_EXPIRY_INTERVAL, Kind.FOUR_BYTES, In.PUBLISH, In.WILL),
          rule(CONTENT_TYPE, Kind.TEXT, In.PUBLISH, In.WILL),
          rule(RESPONSE_TOPIC, Kind.TEXT, In.PUBLISH, In.WILL),
          rule(CORRELATION_DATA, Kind.TEXT, In.PUBLISH, In.WILL),
          rule(SUBSCRIPTION_IDENTIFIER, Kind.NUMBER, In.SUBSCRIBE),
          rule(SESSION_EXPIRY_INTERVAL, Kind.FOUR_BYTES, In.CONNECT, In.DISCONNECT),
          rule(AUTHENTICATION_METHOD, Kind.TEXT, In.CONNECT),
          rule(AUTHENTICATION_DATA, Kind.TEXT, In.CONNECT),
          rule(REQUEST_PROBLEM_INFORMATION, Kind.FLAG, In.CONNECT),
          rule(WILL_DELAY_INTERVAL, Kind.FOUR_BYTES, In.WILL),
          rule(REQUEST_RESPONSE_INFORMATION, Kind.FLAG, In.CONNECT),
          rule(REASON_STRING, Kind.TEXT, In.REPLY, In.DISCONNECT),
          rule(RECEIVE_MAXIMUM, Kind.TWO_BYTES, In.CONNECT),
          rule(TOPIC_ALIAS_MAXIMUM, Kind.TWO_BYTES, In.CONNECT),
          rule(TOPIC_ALIAS, Kind.TWO_BYTES, In.PUBLISH),
          rule(USER_PROPERTY, Kind.TEXT_PAIR, In.values()),
          rule(MAXIMUM_PACKET_SIZE, Kind.FOUR_BYTES, In.CONNECT));

  private PropertyRules() {}

  private static Map.Entry<Integer, Rule> rule(int id, Kind kind, In... where) {
    return Map.entry(id, new Rule(kind, Set.of(where)));
  }

  /// Reads properties, their length first.
  ///
  /// @throws MqttException where they break a rule
  static void check(ByteBuffer bytes, In in) {
    int length = number(bytes);
    int end = bytes.position() + length;
    BitSet seen = new BitSet();
    while (bytes.position() < end) {
      int id = number(bytes);
      Rule rule = RULES.get(id);
      if (rule == null || !rule.where().contains(in)) {
        int code = id == SUBSCRIPTION_IDENTIFIER ? Reasons.PROTOCOL_ERROR : Reasons.MALFORMED;
        throw MqttException.of(code, "Property " + id + " does not belong here.");
      }
      PacketRules.unless(
          id == USER_PROPERTY || !seen.get(id),
          Reasons.PROTOCOL_ERROR,
          "Property " + id + " is there more than once.");
      seen.set(id);
      value(bytes, id, rule.kind());
    }
    PacketRules.unless(
        !seen.get(AUTHENTICATION_DATA) || seen.get(AUTHENTICATION_METHOD),
        Reasons.PROTOCOL_ERROR,
        "Authentication data needs a method.");
  }

  private static void value(ByteBuffer bytes, int id, Kind kind) {
    switch (kind) {
      case FLAG -> {
        int flag = bytes.get();
        PacketRules.unless(
            flag == 0 || flag == 1, Reasons.PROTOCOL_ERROR, "Property " + id + " is 0 or 1.");
      }
      case TWO_BYTES -> bytes.getShort();
      case FOUR_BYTES -> bytes.getInt();
      case NUMBER ->
          PacketRules.unless(
              number(bytes) != 0, Reasons.PROTOCOL_ERROR, "Property " + id + " is not 0.");
      case TEXT -> text(bytes, id);
      case TEXT_PAIR -> {
        text(bytes, id);
        text(bytes, id);
      }
    }
  }

  private static void text(ByteBuffer bytes, int id) {
    int length = Short.toUnsignedInt(bytes.getShort());
    PacketRules.unless(
        id != RESPONSE_TOPIC || length > 0,
        Reasons.PROTOCOL_ERROR,
        "A response topic has at least one character.");
    int end = length + bytes.position();
    while (id == RESPONSE_TOPIC && bytes.position() < end) {
      byte letter = bytes.get();
      PacketRules.unless(
          letter != '+' && letter != '#',
          Reasons.PROTOCOL_ERROR,
          "A response topic has no wildcards.");
    }
    bytes.position(end);
  }

  // At most four bytes: the codec has read it before.
  private static int number(ByteBuffer bytes) {
    int number = 0;
    int shift = 0;
    byte digit;
    do {
      digit = bytes.get();
      number |= (digit & 0x7F) << shift;
      shift += 7;
    } while (digit < 0);
    return number;
  }
}
