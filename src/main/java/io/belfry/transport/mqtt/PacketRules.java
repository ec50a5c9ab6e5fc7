package io.belfry.transport.mqtt;

import io.belfry.transport.mqtt.PropertyRules.In;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What the standards ask of a client's packet, and the codec does not look at or does not show.
final class PacketRules {
  private static final int DUP = 0x08;
  private static final int QOS = 0x06;

  private static final int USER_FLAG = 0x80;
  private static final int PASSWORD_FLAG = 0x40;
  private static final int WILL_FLAG = 0x04;
  private static final int WILL_OPTIONS = 0x38;
  private static final int WILL_QOS = 0x18;

  private static final int RESERVED_OPTIONS = 0xC0;
  private static final int RESERVED_OPTIONS_3 = 0xFC;
  private static final int NO_LOCAL = 0x04;
  private static final byte[] SHARED = Topics.SHARED.getBytes(StandardCharsets.US_ASCII);

  private PacketRules() {}

  /// @param packet its bytes, of which the codec made `message`
  /// @param is5 whether MQTT 5 is spoken
  /// @throws MqttException where it breaks a rule
  static void check(byte[] packet, MqttMessage message, boolean is5) {
    ByteBuffer bytes = ByteBuffer.wrap(packet);
    int flags = bytes.get() & 0x0F;
    while (bytes.get() < 0) {
      // The length of the packet, which the reader has seen.
    }
    switch (message.fixedHeader().messageType()) {
      case CONNECT -> connect(bytes);
      case PUBLISH -> publish(bytes, flags, is5);
      case SUBSCRIBE -> subscribe(bytes, is5);
      case UNSUBSCRIBE -> unsubscribe(bytes, is5);
      case PUBACK, PUBREC, PUBREL, PUBCOMP -> reply(bytes, In.REPLY, Short.BYTES, is5);
      case DISCONNECT -> reply(bytes, In.DISCONNECT, 0, is5);
      case AUTH, CONNACK, SUBACK, UNSUBACK, PINGREQ, PINGRESP -> {}
    }
  }

  // By the version that it says itself: one that comes again may say another.
  private static void connect(ByteBuffer bytes) {
    skipText(bytes);
    boolean is5 = bytes.get() == MqttVersion.MQTT_5.protocolLevel();
    int flags = bytes.get();
    bytes.getShort();
    boolean hasWill = (flags & WILL_FLAG) != 0;
    unless(
        hasWill || (flags & WILL_OPTIONS) == 0,
        Reasons.MALFORMED,
        "What is said of a will needs a will.");
    unless((flags & WILL_QOS) != WILL_QOS, Reasons.MALFORMED, "There is no QoS 3.");
    unless(
        is5 || (flags & PASSWORD_FLAG) == 0 || (flags & USER_FLAG) != 0,
        Reasons.MALFORMED,
        "A password needs a user name.");
    if (is5) {
      PropertyRules.check(bytes, In.CONNECT);
      skipText(bytes);
      if (hasWill) {
        PropertyRules.check(bytes, In.WILL);
      }
    }
  }

  private static void publish(ByteBuffer bytes, int flags, boolean is5) {
    boolean hasId = (flags & QOS) != 0;
    unless(hasId || (flags & DUP) == 0, Reasons.MALFORMED, "At QoS 0 nothing comes again.");
    if (is5) {
      skipText(bytes);
      if (hasId) {
        bytes.getShort();
      }
      PropertyRules.check(bytes, In.PUBLISH);
    }
  }

  private static void subscribe(ByteBuffer bytes, boolean is5) {
    bytes.getShort();
    if (is5) {
      PropertyRules.check(bytes, In.SUBSCRIBE);
    }
    unless(bytes.hasRemaining(), Reasons.PROTOCOL_ERROR, "SUBSCRIBE names a topic filter.");
    while (bytes.hasRemaining()) {
      boolean isShared = filter(bytes);
      int options = bytes.get();
      int reserved = is5 ? RESERVED_OPTIONS : RESERVED_OPTIONS_3;
      unless((options & reserved) == 0, Reasons.MALFORMED, "Reserved options are 0.");
      unless(
          !isShared || (options & NO_LOCAL) == 0,
          Reasons.PROTOCOL_ERROR,
          "What is shared is no longer one's own: there is no No Local of it.");
    }
  }

  private static void unsubscribe(ByteBuffer bytes, boolean is5) {
    bytes.getShort();
    if (is5) {
      PropertyRules.check(bytes, In.UNSUBSCRIBE);
    }
    unless(bytes.hasRemaining(), Reasons.PROTOCOL_ERROR, "UNSUBSCRIBE names a topic filter.");
    while (bytes.hasRemaining()) {
      filter(bytes);
    }
  }

  // Whether it is a shared one.
  private static boolean filter(ByteBuffer bytes) {
    int length = Short.toUnsignedInt(bytes.getShort());
    unless(length > 0, Reasons.PROTOCOL_ERROR, "A topic filter has at least one character.");
    byte[] filter = new byte[length];
    bytes.get(filter);
    return Arrays.equals(SHARED, 0, SHARED.length, filter, 0, Math.min(length, SHARED.length));
  }

  // Where a packet ends before its reason code or its properties, these are not there.
  private static void reply(ByteBuffer bytes, In in, int head, boolean is5) {
    int properties = head + 1;
    if (is5 && bytes.remaining() > properties) {
      bytes.position(bytes.position() + properties);
      PropertyRules.check(bytes, in);
    }
  }

  private static void skipText(ByteBuffer bytes) {
    int length = Short.toUnsignedInt(bytes.getShort());
    bytes.position(bytes.position() + length);
  }

  static void unless(boolean isFine, int code, String sentence) {
    if (!isFine) {
      throw MqttException.of(code, sentence);
    }
  }
}
