package io.belfry.transport.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageBuilders.ConnectBuilder;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.BinaryProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringProperty;
import io.netty.handler.codec.mqtt.MqttProperties.UserProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// When the will of a client is published, and when not.
class WillsIT extends MqttFixture {
  @Test
  void aWillIsPublishedWhereTheClientWentWithoutAWordAndOnlyThen() {
    for (boolean saysGoodBye : new boolean[] {true, false}) {
      try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_5)) {
        service.hello(
            node,
            "service",
            "push",
            "w",
            connect ->
                connect
                    .willFlag(true)
                    .willTopic("user/pam/queue/q")
                    .willQoS(MqttQoS.AT_LEAST_ONCE)
                    .willMessage(("went " + saysGoodBye).getBytes(UTF_8)));
        if (saysGoodBye) {
          service.send(MqttMessage.DISCONNECT);
          assertThat(service.raw().isAtEnd()).isTrue();
        }
      }
    }
    await().until(() -> read("pam", "/user/queue/q").contains("went false"));
    assertThat(read("pam", "/user/queue/q")).doesNotContain("went true");
  }

  @Test
  void aWillIsPublishedAfterAGoodByeThatIsNoNormalOne() {
    for (int code : new int[] {0x00, 0x04, 0x80}) {
      Consumer<ConnectBuilder> will = RawMqtt.will("code " + code, 0);
      try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_5)) {
        service.hello(
            node, "service", "push", "w", will.andThen(c -> c.willTopic("user/pat/queue/q")));
        service.send(MqttMessageBuilders.disconnect().reasonCode((byte) code).build());
        assertThat(service.raw().isAtEnd()).isTrue();
      }
    }
    await().until(() -> read("pat", "/user/queue/q").contains("code 128"));
    assertThat(read("pat", "/user/queue/q")).contains("code 4").doesNotContain("code 0");
  }

  @Test
  void whatAWillSaysBesideItsPayloadComesToItsSubscribers() {
    try (RawMqtt client = RawMqtt.connect(node, "pru", "d")) {
      client.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q");
      MqttProperties said = RawMqtt.properties(MqttProperties.PAYLOAD_FORMAT_INDICATOR, 0);
      said.add(new StringProperty(MqttProperties.RESPONSE_TOPIC, "topic/back"));
      said.add(new BinaryProperty(MqttProperties.CORRELATION_DATA, new byte[] {7}));
      UserProperties user = new UserProperties();
      user.add("Tag", "last");
      said.add(user);
      try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_5)) {
        service.hello(
            node,
            "service",
            "push",
            "w",
            RawMqtt.will("gone", 0)
                .andThen(c -> c.willTopic("user/pru/queue/q").willProperties(said)));
      }
      MqttPublishMessage message = client.message();
      MqttProperties heard = message.variableHeader().properties();
      assertThat(number(heard, MqttProperties.PAYLOAD_FORMAT_INDICATOR)).isZero();
      assertThat(heard.getProperty(MqttProperties.RESPONSE_TOPIC).value()).isEqualTo("topic/back");
      assertThat(heard.getProperty(MqttProperties.CORRELATION_DATA).value())
          .isEqualTo(new byte[] {7});
      assertThat(RawMqtt.user(message, "Tag")).isEqualTo("last");
    }
  }

  @Test
  void aDelayedWillIsNotPublishedWhereTheClientIsBackBefore() {
    Consumer<ConnectBuilder> will = RawMqtt.will("gone", 1);
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      client.hello(node, "service", "push", "delayed", will);
    }
    awaitGoneDevice("service", "delayed");
    try (RawMqtt back = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      back.hello(node, "service", "push", "delayed", will);
      passSeconds(2);
      assertThat(read("pia", "/user/queue/q")).isEqualTo("[]");
    }
    await().until(() -> read("pia", "/user/queue/q").contains("gone"));
  }
}
