package io.belfry.transport.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.Answer;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageBuilders.ConnectBuilder;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import org.junit.jupiter.api.Test;

/// How a session begins, goes on and ends.
class MqttIT extends MqttFixture {
  @Test
  void saysWhatThereIsAndWhatNot() {
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      MqttConnAckMessage answer = client.hello(node, "ann", "", "", MqttIT::clean);
      MqttProperties properties = answer.variableHeader().properties();

      assertThat(answer.variableHeader().isSessionPresent()).isFalse();
      assertThat(number(properties, MqttProperties.MAXIMUM_QOS)).isEqualTo(1);
      assertThat(number(properties, MqttProperties.RETAIN_AVAILABLE)).isZero();
      assertThat(number(properties, MqttProperties.WILDCARD_SUBSCRIPTION_AVAILABLE)).isZero();
      assertThat(number(properties, MqttProperties.SHARED_SUBSCRIPTION_AVAILABLE)).isZero();
      assertThat(properties.getProperty(MqttProperties.ASSIGNED_CLIENT_IDENTIFIER)).isNotNull();
    }
  }

  @Test
  void aSessionGoesOnWhereItWasAndWhatIsNotAcknowledgedComesAgainOnlyThen() {
    push("/user/cat/queue/q", "1");
    int id;
    try (RawMqtt client = RawMqtt.connect(node, "cat", "d")) {
      client.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q");
      client.ack(client.message(), 0);
      push("/user/cat/queue/q", "2");
      MqttPublishMessage first = client.message();
      assertThat(RawMqtt.body(first)).isEqualTo("2");
      id = first.variableHeader().packetId();
      // The time-out of acknowledgements is a second: what comes after three is what is new.
      passSeconds(3);
      push("/user/cat/queue/q", "3");
      assertThat(RawMqtt.body(client.message())).isEqualTo("3");
    }
    awaitGone("cat");
    try (RawMqtt again = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      MqttConnAckMessage answer = again.hello(node, "cat", "", "d", connect -> {});
      assertThat(answer.variableHeader().isSessionPresent()).isTrue();
      MqttPublishMessage second = again.message();
      assertThat(RawMqtt.body(second)).isEqualTo("2");
      assertThat(second.fixedHeader().isDup()).isTrue();
      assertThat(second.variableHeader().packetId()).isEqualTo(id);
      again.ack(second, 0);
      again.ack(again.message(), 0);
      // Subscribing again does not start over.
      assertThat(again.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q")).containsExactly(1);
      push("/user/cat/queue/q", "4");
      assertThat(RawMqtt.body(again.message())).isEqualTo("4");
    }
  }

  @Test
  void aCleanSessionStartsAtTheLatestAndEndsWithItself() {
    push("/user/fay/queue/q", "before");
    for (int i = 0; i < 2; i++) {
      try (RawMqtt client = RawMqtt.connect(node, "fay", "d", MqttIT::clean)) {
        client.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q");
        push("/user/fay/queue/q", "during " + i);
        assertThat(RawMqtt.body(client.message())).isEqualTo("during " + i);
      }
    }
    assertThat(read("fay", "/user/queue/q?device=other")).contains("before", "during 1");
  }

  @Test
  void whatIsInFlightDoesNotComeAgainWhereItsTopicIsSubscribedToAnew() {
    push("/user/may/queue/q", "1");
    try (RawMqtt client = RawMqtt.connect(node, "may", "d")) {
      client.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q");
      MqttPublishMessage first = client.message();
      client.send(
          MqttMessageBuilders.unsubscribe().messageId(2).addTopicFilter("user/queue/q").build());
      assertThat(type(client.read())).isEqualTo(MqttMessageType.UNSUBACK);
      client.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q");
      push("/user/may/queue/q", "2");

      MqttPublishMessage second = client.message();
      assertThat(RawMqtt.body(second)).isEqualTo("2");
      client.ack(first, 0);
      client.ack(second, 0);
      await().until(() -> read("may", "/user/queue/q?device=d").equals("[]"));
    }
  }

  @Test
  void aCleanSessionThatSubscribesWithAnotherQosGoesOnWhereItWas() {
    try (RawMqtt client =
        RawMqtt.connect(
            node,
            "fox",
            "d",
            connect ->
                connect
                    .cleanSession(true)
                    .properties(RawMqtt.properties(MqttProperties.RECEIVE_MAXIMUM, 2)))) {
      client.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q");
      for (int i = 0; i < 5; i++) {
        push("/user/fox/queue/q", "e" + i);
      }
      assertThat(RawMqtt.body(client.message())).isEqualTo("e0");
      assertThat(RawMqtt.body(client.message())).isEqualTo("e1");

      assertThat(client.subscribe(MqttQoS.AT_MOST_ONCE, "user/queue/q")).containsExactly(0);
      push("/user/fox/queue/q", "e5");

      for (int i = 2; i <= 5; i++) {
        assertThat(RawMqtt.body(client.message())).isEqualTo("e" + i);
      }
    }
  }

  @Test
  void whoBreaksItsPromiseToSaySomethingIsDropped() {
    try (RawMqtt client = RawMqtt.connect(node, "ray", "d", connect -> connect.keepAlive(1))) {
      assertThat(client.disconnected()).isEqualTo(0x8D);
    }
  }

  @Test
  void anOperatorEndsItAndPresenceShowsItBefore() {
    try (RawMqtt client = RawMqtt.connect(node, "sue", "phone")) {
      Answer presence = node.as("service", "push").get("/user/sue");
      assertThat(presence.json().get("sessions").get(0).get("transport").stringValue())
          .isEqualTo("mqtt");
      assertThat(presence.json().get("sessions").get(0).get("device").stringValue())
          .isEqualTo("phone");
      node.as("root", "admin").delete("/user/sue/sessions");
      assertThat(client.disconnected()).isEqualTo(0x98);
    }
  }

  @Test
  void tooManyConnectionsAreRefused() {
    try (RawMqtt one = RawMqtt.connect(node, "tim", "1");
        RawMqtt two = RawMqtt.connect(node, "tim", "2");
        RawMqtt three = RawMqtt.open(node, MqttVersion.MQTT_5);
        RawMqtt four = RawMqtt.open(node, MqttVersion.MQTT_3_1_1)) {
      assertThat(one.raw()).isNotSameAs(two.raw());
      assertThat(code(three.hello(node, "tim", "", "3", connect -> {}))).isEqualTo(0x97);
      assertThat(three.raw().isAtEnd()).isTrue();
      assertThat(code(four.hello(node, "tim", "", "4", connect -> {}))).isEqualTo(3);
    }
  }

  @Test
  void aGapInTheLogIsSaid() {
    push("/user/uma/queue/q", "0");
    try (RawMqtt client = RawMqtt.connect(node, "uma", "d")) {
      client.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q");
      client.ack(client.message(), 0);
      await().until(() -> read("uma", "/user/queue/q?device=d").equals("[]"));
    }
    awaitGone("uma");
    for (int i = 1; i <= 25; i++) {
      push("/user/uma/queue/q", "m" + i);
    }
    try (RawMqtt again = RawMqtt.connect(node, "uma", "d")) {
      MqttPublishMessage next = again.message();
      assertThat(RawMqtt.body(next)).isEqualTo("m6");
      assertThat(RawMqtt.user(next, "gap-after")).isNotEmpty();
    }
  }

  private static int code(MqttConnAckMessage answer) {
    return answer.variableHeader().connectReturnCode().byteValue() & 0xFF;
  }

  private static void clean(ConnectBuilder connect) {
    connect.cleanSession(true).properties(MqttProperties.NO_PROPERTIES);
  }
}
