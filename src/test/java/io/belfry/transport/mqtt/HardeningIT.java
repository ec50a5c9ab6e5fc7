package io.belfry.transport.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.TestNode;
import io.belfry.core.delivery.Deliveries;
import io.belfry.security.TokenSigner;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.Environment;

class HardeningIT {
  private static final int MANY = 400;

  @TempDir static Path data;
  static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(data, "belfry.mqtt.port=0", "belfry.drain=1s");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-token", ""})
  void aBadPasswordIsRefused(String password) {
    for (MqttVersion version : new MqttVersion[] {MqttVersion.MQTT_3_1_1, MqttVersion.MQTT_5}) {
      try (RawMqtt client = RawMqtt.open(node, version)) {
        client.send(
            MqttMessageBuilders.connect()
                .protocolVersion(version)
                .clientId("d")
                .username("bob")
                .password(password.getBytes(UTF_8))
                .build());
        int code =
            ((MqttConnAckMessage) client.read()).variableHeader().connectReturnCode().byteValue();
        assertThat(code & 0xFF).isIn(4, 5, 0x86, 0x87);
        assertThat(client.raw().isAtEnd()).isTrue();
      }
    }
  }

  @Test
  void anotherUsersNameWithOnesOwnTokenIsRefused() {
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      MqttConnAckMessage answer =
          client.hello(node, "bob", "", "d", connect -> connect.username("ann"));
      assertThat(answer.variableHeader().connectReturnCode().byteValue() & 0xFF).isEqualTo(0x86);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "../x", "a/b", "ä"})
  void aClientIdThatIsNoDeviceIsRefused(String id) {
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      MqttConnAckMessage answer = client.hello(node, "bob", "", id, connect -> {});
      assertThat(answer.variableHeader().connectReturnCode().byteValue() & 0xFF).isEqualTo(0x85);
    }
  }

  @Test
  void aWillNeedsTheScopeOfAPublish() {
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      MqttConnAckMessage answer =
          client.hello(
              node,
              "bob",
              "",
              "d",
              connect ->
                  connect
                      .willFlag(true)
                      .willTopic("user/ann/queue/q")
                      .willQoS(MqttQoS.AT_LEAST_ONCE)
                      .willMessage(new byte[] {1}));
      assertThat(answer.variableHeader().connectReturnCode().byteValue() & 0xFF).isEqualTo(0x87);
    }
  }

  @Test
  void acknowledgementsOfWhatWasNeverSentAreHarmless() {
    try (RawMqtt client = RawMqtt.connect(node, "cat", "d")) {
      for (int id = 1; id < 100; id++) {
        client.send(MqttMessageBuilders.pubAck().packetId(id).build());
      }
      client.send(MqttMessage.PINGREQ);
      assertThat(client.read().fixedHeader().messageType()).isEqualTo(MqttMessageType.PINGRESP);
    }
  }

  @Test
  void whatIsRetainedOrAliasedIsRefused() {
    try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      service.hello(node, "service", "push", "r", connect -> {});
      service.send(
          MqttMessageBuilders.publish()
              .topicName("topic/t")
              .qos(MqttQoS.AT_MOST_ONCE)
              .retained(true)
              .payload(Unpooled.EMPTY_BUFFER)
              .build());
      assertThat(service.disconnected()).isEqualTo(0x9A);
    }
    try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      service.hello(node, "service", "push", "a", connect -> {});
      service.send(
          MqttMessageBuilders.publish()
              .topicName("topic/t")
              .qos(MqttQoS.AT_MOST_ONCE)
              .properties(RawMqtt.properties(MqttProperties.TOPIC_ALIAS, 1))
              .payload(Unpooled.EMPTY_BUFFER)
              .build());
      assertThat(service.disconnected()).isEqualTo(0x94);
    }
  }

  @Test
  void whoDoesNotReadHoldsUpNobodyAndIsMissingNothingLater() throws Exception {
    try (RawMqtt stalled = RawMqtt.connect(node, "slow", "d");
        RawMqtt reading = RawMqtt.connect(node, "fast", "d")) {
      stalled.subscribe(MqttQoS.AT_MOST_ONCE, "topic/flood");
      reading.subscribe(MqttQoS.AT_MOST_ONCE, "topic/flood");
      String body = "x".repeat(60_000);
      Thread pushes =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < MANY; i++) {
                  push("/topic/flood", body + i);
                }
              });
      for (int i = 0; i < MANY; i++) {
        assertThat(RawMqtt.body(reading.message())).endsWith("x" + i);
      }
      pushes.join();
      assertThat(node.bean(Deliveries.class).counters().delivered()).isLessThan(2 * MANY);
      for (int i = 0; i < MANY; i++) {
        MqttPublishMessage message = stalled.message();
        assertThat(RawMqtt.body(message)).endsWith("x" + i);
      }
    }
  }

  @Test
  void aConnectionEndsWithItsToken() {
    TokenSigner signer = Objects.requireNonNull(TokenSigner.of(node.bean(Environment.class)));
    String token = signer.sign("eva", "", Duration.ofSeconds(5));
    try (RawMqtt client =
        RawMqtt.connect(node, "eva", "d", connect -> connect.password(token.getBytes(UTF_8)))) {
      assertThat(client.disconnected()).isEqualTo(0x87);
    }
    await().until(() -> node.bean(Deliveries.class).connections().of("eva").isEmpty());
  }

  @Test
  void aNodeThatGoesSaysSo(@TempDir Path other) throws Exception {
    TestNode going = TestNode.start(other, "belfry.mqtt.port=0", "belfry.drain=2s");
    try (RawMqtt client = RawMqtt.connect(going, "fay", "d")) {
      Thread closing = Thread.ofVirtual().start(going::close);
      assertThat(client.disconnected()).isEqualTo(0x8B);
      closing.join();
    }
  }

  private static void push(String path, String body) {
    assertThat(node.as("service", "push").post(path, body).status()).isEqualTo(201);
  }
}
