package io.belfry.transport.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.TestNode;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What comes that is no MQTT, or none that the standard allows.
class MalformedPacketsIT {

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
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\u0000\u0000",
        "\u0010\u0000",
        "\u0010\u0004\u0000\u0004MQ",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001"
      })
  void whatIsNoMqttIsClosed(String garbage) {
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      client.raw().write(garbage.getBytes(UTF_8));
      assertThat(client.raw().isAtEnd()).isTrue();
    }
  }

  @Test
  void theFirstPacketIsConnect() {
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      client.send(MqttMessage.PINGREQ);
      assertThat(client.raw().isAtEnd()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "82 00 00 01 02 0b 00 00 07 746f7069632f6e 01,    82",
    "82 00 00 01 04 0b 05 0b 05 00 07 746f7069632f6e 01, 82",
    "82 00 00 01 00,                                  82",
    "a2 00 00 01 00,                                  82",
    "10 00 00 04 4d515454 04 02 00 00 00 01 61,       82",
    "82 00 00 01 00 00 07 746f7069632f6e c1,          81",
    "82 00 00 01 02 01 01 00 07 746f7069632f6e 01,    81",
    "38 00 00 07 746f7069632f6e 00 78,                81",
    "32 00 00 07 746f7069632f6e 00 00 00 78,          81",
    "32 00 00 07 746f7069632f6e 00 01 02 01 02 78,    82",
    "32 00 00 07 746f7069632f6e 00 01 02 0b 03 78,    82",
    "32 00 00 07 746f7069632f6e 00 01 06 08 00 03 612f23 78, 82",
    "32 00 00 07 746f7069632f6e 00 01 03 08 00 00 78, 82",
    "32 00 00 07 746f7069632f6e 00 01 04 01 00 01 00 78, 82",
    "32 00 00 00 00 01 00 78,                         82",
    "82 00 00 01 00 00 00 01,                         82",
    "a2 00 00 01 00 00 00,                            82",
    "82 00 00 01 00 00 0a 2473686172652f672f74 05,    82",
    "62 00 00 01 00 02 01 00,                         81",
    "e0 00 00 06 21 00 01 21 00 01,                   81"
  })
  void whatTheStandardForbidsIsSaid(String packet, String code) {
    try (RawMqtt client = RawMqtt.connect(node, "ann", "d")) {
      client.raw().write(bytes(packet));
      assertThat(client.disconnected()).isEqualTo(Integer.parseInt(code, 16));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a2 00 00 01",
        "82 00 00 01",
        "82 00 00 01 00 07 746f7069632f6e 04",
        "82 00 00 01 00 00 00",
        "a2 00 00 01 00 00",
        "38 00 00 07 746f7069632f6e 78"
      })
  void whatVersion311ForbidsEndsTheConnection(String packet) {
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_3_1_1)) {
      client.hello(node, "ann", "push", "d", connect -> {});
      client.raw().write(bytes(packet));
      assertThat(client.raw().isAtEnd()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10 00 0004 4d515454 05 02 0000 06 21 0001 21 0002 00 01 64, 82",
    "10 00 0004 4d515454 05 02 0000 02 17 02 00 01 64,        82",
    "10 00 0004 4d515454 05 02 0000 04 16 0001 78 00 01 64,   82",
    "10 00 0004 4d515454 05 02 0000 03 23 0001 00 01 64,      81",
    "10 00 0004 4d515454 05 0a 0000 00 00 01 64,              81"
  })
  void aConnectThatTheStandardForbidsIsAnsweredWithItsCode(String packet, String code) {
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      client.raw().write(bytes(packet));
      MqttConnAckMessage answer = (MqttConnAckMessage) client.read();
      assertThat(answer.variableHeader().connectReturnCode().byteValue() & 0xFF)
          .isEqualTo(Integer.parseInt(code, 16));
    }
  }

  @Test
  void aDisconnectIsNoLargerThanTheClientTakes() {
    MqttProperties atMost30 =
        RawMqtt.properties(
            MqttProperties.SESSION_EXPIRY_INTERVAL, 300, MqttProperties.MAXIMUM_PACKET_SIZE, 30);
    try (RawMqtt client =
        RawMqtt.connect(node, "ann", "small", connect -> connect.properties(atMost30))) {
      client.raw().write(bytes("20 00 00 00 00"));
      MqttMessage last = client.read();
      assertThat(last.fixedHeader().messageType()).isEqualTo(MqttMessageType.DISCONNECT);
      assertThat(last.fixedHeader().remainingLength()).isLessThanOrEqualTo(28);
    }
  }

  @Test
  void aRefusalIsNoLargerThanTheClientTakes() {
    MqttProperties atMost30 = RawMqtt.properties(MqttProperties.MAXIMUM_PACKET_SIZE, 30);
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      MqttConnAckMessage answer =
          client.hello(node, "ann", "", "no device", connect -> connect.properties(atMost30));
      assertThat(answer.variableHeader().connectReturnCode().byteValue() & 0xFF).isEqualTo(0x85);
      assertThat(answer.fixedHeader().remainingLength()).isLessThanOrEqualTo(28);
    }
  }

  @Test
  void whoTakesNoPacketOfTheSizeOfAConnackIsRefusedInOneThatItTakes() {
    MqttProperties atMost20 = RawMqtt.properties(MqttProperties.MAXIMUM_PACKET_SIZE, 20);
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      MqttConnAckMessage answer =
          client.hello(node, "ann", "", "tiny", connect -> connect.properties(atMost20));
      assertThat(answer.variableHeader().connectReturnCode().byteValue() & 0xFF).isEqualTo(0x83);
      assertThat(answer.fixedHeader().remainingLength()).isLessThanOrEqualTo(18);
    }
  }

  @Test
  void whoTakesNoRefusalEitherIsToldNothing() {
    MqttProperties atMost4 = RawMqtt.properties(MqttProperties.MAXIMUM_PACKET_SIZE, 4);
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      client.greet(node, "ann", "", "tiny", connect -> connect.properties(atMost4));
      assertThat(client.raw().isAtEnd()).isTrue();
    }
  }

  // The packet's length is put in: what is written there counts for nothing.
  private static byte[] bytes(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    bytes[1] = (byte) (bytes.length - 2);
    return bytes;
  }

  @Test
  void aLengthThatIsTooLargeIsNotWaitedFor() {
    try (RawMqtt client = RawMqtt.connect(node, "ann", "d")) {
      client.raw().write(new byte[] {0x30, -1, -1, -1, 0x7F});
      assertThat(client.disconnected()).isEqualTo(0x95);
    }
    try (RawMqtt client = RawMqtt.connect(node, "ann", "d")) {
      client.raw().write(new byte[] {0x30, -1, -1, -1, -1, 1});
      assertThat(client.disconnected()).isEqualTo(0x81);
    }
  }

  @Test
  void aPacketMayHaveTheSizeThatTheConnackSaysAndNoByteMore() {
    byte[] head = {0x30, 0, 0, 0, 0, 7, 't', 'o', 'p', 'i', 'c', '/', 't', 0};
    for (int more = -1; more <= 4; more++) {
      try (RawMqtt client = RawMqtt.connect(node, "ann", "d")) {
        // Its length first, of three bytes, which are not counted in it.
        int length = 80 * 1024 + more - 4;
        byte[] packet = Arrays.copyOf(head, 4 + length);
        packet[1] = (byte) (length | 0x80);
        packet[2] = (byte) (length >> 7 | 0x80);
        packet[3] = (byte) (length >> 14);
        client.raw().write(packet);
        // One that has the size is read to its end, where its body turns out to be too long.
        assertThat(client.disconnected()).as("%d more", more).isEqualTo(0x95);
      }
    }
  }

  @Test
  void aBodyOverTheLimitIsRefused() {
    try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      service.hello(node, "service", "push", "big", connect -> {});
      service.publish(MqttQoS.AT_LEAST_ONCE, 1, "topic/t", "x".repeat(64 * 1024 + 1));
      assertThat(service.disconnected()).isEqualTo(0x95);
    }
  }

  @Test
  void packetsMayComeByteByByteAndSeveralAtOnce() {
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      MqttMessage hello =
          MqttMessageBuilders.connect()
              .protocolVersion(MqttVersion.MQTT_5)
              .clientId("")
              .username("bob")
              .password(node.token("bob", "").getBytes(UTF_8))
              .build();
      for (byte b : client.encoded(hello)) {
        client.raw().write(new byte[] {b});
      }
      assertThat(client.read().fixedHeader().messageType()).isEqualTo(MqttMessageType.CONNACK);
      byte[] ping = client.encoded(MqttMessage.PINGREQ);
      client.raw().write(new byte[] {ping[0], ping[1], ping[0], ping[1], ping[0]});
      client.read();
      client.read();
      client.raw().write(new byte[] {ping[1]});
      assertThat(client.read().fixedHeader().messageType()).isEqualTo(MqttMessageType.PINGRESP);
    }
  }
}
