package io.belfry.transport.mqtt;

import io.belfry.core.delivery.Delivery;
import io.belfry.core.log.Entry;
import io.belfry.transport.Packet;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageBuilders.ConnAckPropertiesBuilder;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringProperty;
import io.netty.handler.codec.mqtt.MqttProperties.UserProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/// What this node says to one client, in the version that it speaks.
record ServerPackets(MqttCodec codec, MqttVersion version) {
  /// How many publishes that are not acknowledged are taken at once.
  static final int RECEIVE_MAXIMUM = 64;

  /// The client is in.
  Packet.Data connAck(Arrival arrival, boolean isSessionPresent, int maxPacket) {
    var accepted =
        MqttMessageBuilders.connAck()
            .returnCode(MqttConnectReturnCode.CONNECTION_ACCEPTED)
            .sessionPresent(isSessionPresent);
    if (arrival.speaks5()) {
      ConnAckPropertiesBuilder properties =
          new ConnAckPropertiesBuilder()
              .maximumQos((byte) 1)
              .retainAvailable(false)
              .wildcardSubscriptionAvailable(false)
              .sharedSubscriptionAvailable(false)
              .receiveMaximum(RECEIVE_MAXIMUM)
              .maximumPacketSize(maxPacket)
              .sessionExpiryInterval(arrival.expiry().toSeconds());
      if (arrival.assigned() != null) {
        properties.assignedClientId(arrival.assigned());
      }
      accepted.properties(properties.build());
    }
    return data(accepted.build());
  }

  /// The client is not let in. The sentence is left out where the packet would be larger than the
  /// client takes.
  Packet.Data refusal(int code, String sentence, long maxPacket) {
    if (version != MqttVersion.MQTT_5) {
      return refusal(Reasons.returnCode(code), MqttProperties.NO_PROPERTIES);
    }
    return saying(sentence, maxPacket, properties -> refusal(code, properties));
  }

  private Packet.Data refusal(int code, MqttProperties properties) {
    return data(
        MqttMessageBuilders.connAck()
            .returnCode(MqttConnectReturnCode.valueOf((byte) code))
            .sessionPresent(false)
            .properties(properties)
            .build());
  }

  /// One delivery.
  ///
  /// @param id [PacketIds#NONE]: at QoS 0
  Packet.Data publish(MqttSubscription to, Delivery delivery, int id, Instant now) {
    Entry entry = delivery.entry();
    boolean isCounted = id != PacketIds.NONE;
    MqttFixedHeader fixed =
        new MqttFixedHeader(
            MqttMessageType.PUBLISH,
            isCounted && delivery.redelivered(),
            isCounted ? MqttQoS.AT_LEAST_ONCE : MqttQoS.AT_MOST_ONCE,
            false,
            0);
    MqttProperties properties =
        version == MqttVersion.MQTT_5
            ? properties(to, delivery, now)
            : MqttProperties.NO_PROPERTIES;
    return data(
        new MqttPublishMessage(
            fixed,
            new MqttPublishVariableHeader(to.topic(), id, properties),
            Unpooled.wrappedBuffer(entry.body())));
  }

  private static MqttProperties properties(MqttSubscription to, Delivery delivery, Instant now) {
    Entry entry = delivery.entry();
    MqttProperties properties = new MqttProperties();
    properties.add(new StringProperty(MqttProperties.CONTENT_TYPE, entry.contentType()));
    if (to.identifier() != MqttSubscription.NO_IDENTIFIER) {
      properties.add(new IntegerProperty(MqttProperties.SUBSCRIPTION_IDENTIFIER, to.identifier()));
    }
    UserProperties user = new UserProperties();
    if (!entry.isPassing()) {
      long left = Duration.between(now, entry.expires()).plusMillis(999).toSeconds();
      properties.add(
          new IntegerProperty(
              MqttProperties.PUBLICATION_EXPIRY_INTERVAL, Math.clamp(left, 1, Integer.MAX_VALUE)));
      user.add("offset", Long.toString(entry.offset()));
    }
    user.add("id", entry.id());
    user.add("timestamp", Long.toString(entry.timestamp().toEpochMilli()));
    if (delivery.hasGap()) {
      user.add("gap-after", Long.toString(delivery.gapAfter()));
    }
    PassedOn.add(entry.headers(), properties, user);
    properties.add(user);
    return properties;
  }

  Packet.Data pubAck(int id, int code) {
    return data(MqttMessageBuilders.pubAck().packetId(id).reasonCode((byte) code).build());
  }

  Packet.Data pubRec(int id) {
    return data(of(MqttMessageType.PUBREC, id));
  }

  /// MQTT 5 never gets to a PUBREC here, so it cannot know the identifier that it releases.
  Packet.Data pubComp(int id) {
    if (version != MqttVersion.MQTT_5) {
      return data(of(MqttMessageType.PUBCOMP, id));
    }
    return data(
        new MqttMessage(
            fixed(MqttMessageType.PUBCOMP),
            new MqttPubReplyMessageVariableHeader(
                id, (byte) Reasons.UNKNOWN_ID, MqttProperties.NO_PROPERTIES)));
  }

  private static MqttMessage of(MqttMessageType type, int id) {
    return new MqttMessage(fixed(type), MqttMessageIdVariableHeader.from(id));
  }

  private static MqttFixedHeader fixed(MqttMessageType type) {
    return new MqttFixedHeader(type, false, MqttQoS.AT_MOST_ONCE, false, 0);
  }

  Packet.Data subAck(int id, List<Integer> codes) {
    MqttSubAckMessage plain = MqttMessageBuilders.subAck().packetId(id).build();
    return data(
        new MqttSubAckMessage(
            plain.fixedHeader(),
            plain.idAndPropertiesVariableHeader(),
            new MqttSubAckPayload(codes)));
  }

  Packet.Data unsubAck(int id, List<Short> codes) {
    return data(
        MqttMessageBuilders.unsubAck()
            .packetId(id)
            .addReasonCodes(codes.toArray(Short[]::new))
            .build());
  }

  Packet.Data pingResp() {
    return data(MqttMessage.PINGRESP);
  }

  /// Why this node ends the connection; MQTT 5 alone has it. The sentence is left out where the
  /// packet would be larger than the client takes.
  Packet.Data disconnect(int code, String sentence, long maxPacket) {
    return saying(sentence, maxPacket, properties -> disconnect(code, properties));
  }

  private Packet.Data disconnect(int code, MqttProperties properties) {
    return data(
        MqttMessageBuilders.disconnect()
            .reasonCode((byte) Reasons.inDisconnect(code))
            .properties(properties)
            .build());
  }

  private static Packet.Data saying(
      String sentence, long maxPacket, Function<MqttProperties, Packet.Data> packet) {
    MqttProperties properties = new MqttProperties();
    properties.add(new StringProperty(MqttProperties.REASON_STRING, sentence));
    Packet.Data whole = packet.apply(properties);
    return whole.bytes().length <= maxPacket ? whole : packet.apply(MqttProperties.NO_PROPERTIES);
  }

  private Packet.Data data(MqttMessage message) {
    return new Packet.Data(codec.encode(message, version), false);
  }
}
