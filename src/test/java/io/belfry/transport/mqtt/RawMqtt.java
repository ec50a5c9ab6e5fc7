package io.belfry.transport.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.RawConnection;
import io.belfry.TestNode;
import io.belfry.transport.tcp.TcpDoors;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageBuilders.ConnectBuilder;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringPair;
import io.netty.handler.codec.mqtt.MqttProperties.UserProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.List;
import java.util.function.Consumer;

/// An MQTT client that does nothing by itself.
final class RawMqtt implements AutoCloseable {
  private static final MqttCodec CODEC = new MqttCodec(1 << 20);

  private final RawConnection connection;
  private final MqttVersion version;

  private RawMqtt(RawConnection connection, MqttVersion version) {
    this.connection = connection;
    this.version = version;
  }

  static RawMqtt open(TestNode node, MqttVersion version) {
    return new RawMqtt(TestNode.connect(node.bean(TcpDoors.class).port("mqtt")), version);
  }

  /// Connects with MQTT 5 and a session that is kept.
  static RawMqtt connect(TestNode node, String user, String device) {
    return connect(node, user, device, connect -> {});
  }

  static RawMqtt connect(TestNode node, String user, String device, Consumer<ConnectBuilder> more) {
    RawMqtt client = open(node, MqttVersion.MQTT_5);
    MqttConnAckMessage answer = client.hello(node, user, "", device, more);
    assertThat(answer.variableHeader().connectReturnCode().byteValue()).isZero();
    return client;
  }

  MqttConnAckMessage hello(
      TestNode node, String user, String scope, String device, Consumer<ConnectBuilder> more) {
    greet(node, user, scope, device, more);
    return (MqttConnAckMessage) read();
  }

  /// Sends its CONNECT, and does not wait for the answer.
  void greet(
      TestNode node, String user, String scope, String device, Consumer<ConnectBuilder> more) {
    ConnectBuilder connect =
        MqttMessageBuilders.connect()
            .protocolVersion(version)
            .clientId(device)
            .username(user)
            .password(node.token(user, scope).getBytes(UTF_8))
            .cleanSession(false)
            .properties(expiry(300));
    more.accept(connect);
    send(connect.build());
  }

  /// A will for `user/pia/queue/q` that is due so many seconds after its client has gone.
  static Consumer<ConnectBuilder> will(String text, int delaySeconds) {
    return connect ->
        connect
            .willFlag(true)
            .willTopic("user/pia/queue/q")
            .willQoS(MqttQoS.AT_LEAST_ONCE)
            .willMessage(text.getBytes(UTF_8))
            .willProperties(properties(MqttProperties.WILL_DELAY_INTERVAL, delaySeconds));
  }

  static MqttProperties expiry(int seconds) {
    return properties(MqttProperties.SESSION_EXPIRY_INTERVAL, seconds);
  }

  static MqttProperties properties(int... idsAndNumbers) {
    MqttProperties properties = new MqttProperties();
    for (int i = 0; i < idsAndNumbers.length; i += 2) {
      properties.add(new IntegerProperty(idsAndNumbers[i], idsAndNumbers[i + 1]));
    }
    return properties;
  }

  RawConnection raw() {
    return connection;
  }

  byte[] encoded(MqttMessage message) {
    return CODEC.encode(message, version);
  }

  void send(MqttMessage message) {
    connection.write(encoded(message));
  }

  /// The next packet.
  MqttMessage read() {
    byte first = connection.bytes(1)[0];
    byte[] head = {first, 0, 0, 0, 0};
    int length = 0;
    int digits = 0;
    byte digit;
    do {
      digit = connection.bytes(1)[0];
      head[++digits] = digit;
      length += (digit & 127) << (7 * (digits - 1));
    } while (digit < 0);
    byte[] packet = new byte[1 + digits + length];
    System.arraycopy(head, 0, packet, 0, 1 + digits);
    System.arraycopy(connection.bytes(length), 0, packet, 1 + digits, length);
    return CODEC.decode(packet, version);
  }

  /// Subscribes, and says with which codes that was answered.
  List<Integer> subscribe(MqttQoS qos, String... filters) {
    var subscribe = MqttMessageBuilders.subscribe().messageId(1);
    for (String filter : filters) {
      subscribe.addSubscription(qos, filter);
    }
    send(subscribe.build());
    return ((MqttSubAckMessage) read()).payload().reasonCodes();
  }

  /// The next packet, which has to be a PUBLISH.
  MqttPublishMessage message() {
    MqttMessage next = read();
    assertThat(next.fixedHeader().messageType()).isEqualTo(MqttMessageType.PUBLISH);
    return (MqttPublishMessage) next;
  }

  void ack(MqttPublishMessage message, int code) {
    send(
        MqttMessageBuilders.pubAck()
            .packetId(message.variableHeader().packetId())
            .reasonCode((byte) code)
            .build());
  }

  MqttPublishMessage publish(MqttQoS qos, int id, String topic, String body) {
    MqttPublishMessage message =
        MqttMessageBuilders.publish()
            .topicName(topic)
            .qos(qos)
            .messageId(id)
            .payload(Unpooled.wrappedBuffer(body.getBytes(UTF_8)))
            .build();
    send(message);
    return message;
  }

  /// The code of the next packet, which has to be a DISCONNECT; nothing comes after it.
  int disconnected() {
    MqttMessage next = read();
    assertThat(next.fixedHeader().messageType()).isEqualTo(MqttMessageType.DISCONNECT);
    assertThat(connection.isAtEnd()).isTrue();
    return ((MqttReasonCodeAndPropertiesVariableHeader) next.variableHeader()).reasonCode() & 0xFF;
  }

  static String body(MqttPublishMessage message) {
    return message.payload().toString(UTF_8);
  }

  static String user(MqttPublishMessage message, String name) {
    var property = message.variableHeader().properties().getProperty(MqttProperties.USER_PROPERTY);
    if (property instanceof UserProperties pairs) {
      for (StringPair pair : pairs.value()) {
        if (pair.key.equals(name)) {
          return pair.value;
        }
      }
    }
    return "";
  }

  @Override
  public void close() {
    connection.close();
  }
}
