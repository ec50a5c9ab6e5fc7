package io.belfry.transport.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.Answer;
import io.belfry.core.log.Store;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageBuilders.ConnectBuilder;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

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
  void theNewerOfTwoWithOneClientIdWins() {
    try (RawMqtt older = RawMqtt.connect(node, "ned", "d");
        RawMqtt newer = RawMqtt.connect(node, "ned", "d")) {
      assertThat(older.disconnected()).isEqualTo(0x8E);
      assertThat(newer.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q")).containsExactly(1);
    }
    awaitGone("ned");
    // Another user's client of that name is another client.
    try (RawMqtt one = RawMqtt.connect(node, "ned", "d");
        RawMqtt other = RawMqtt.connect(node, "oda", "d")) {
      assertThat(one.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q")).containsExactly(1);
      assertThat(other.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q")).containsExactly(1);
    }
  }

  @Test
  void whoIsTakenOverWhileItIsLetInIsNoMoreInPresence() {
    List<RawMqtt> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 12; i++) {
        clients.add(RawMqtt.open(node, MqttVersion.MQTT_5));
      }
      clients.forEach(client -> client.greet(node, "kim", "push", "d", connect -> {}));

      // None of them hangs up; a node waits longer than this for that.
      await()
          .atMost(Duration.ofSeconds(3))
          .until(
              () -> node.as("service", "push").get("/user/kim").json().get("sessions").size() == 1);
    } finally {
      clients.forEach(RawMqtt::close);
    }
  }

  @Test
  void whatVersion311PublishesAtQos2IsNotAppendedAgainOnTheNextConnection() {
    MqttPublishMessage once;
    try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_3_1_1)) {
      service.hello(node, "service", "push", "exact", connect -> {});
      once = service.publish(MqttQoS.EXACTLY_ONCE, 7, "user/lea/queue/q", "once");
      assertThat(type(service.read())).isEqualTo(MqttMessageType.PUBREC);
      service.publish(MqttQoS.EXACTLY_ONCE, 8, "user/lea/queue/q", "forgotten");
      assertThat(type(service.read())).isEqualTo(MqttMessageType.PUBREC);
    }
    awaitGoneDevice("service", "exact");
    try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_3_1_1)) {
      service.hello(node, "service", "push", "exact", connect -> {});
      byte[] again = service.encoded(once.replace(Unpooled.copiedBuffer("once", UTF_8)));
      again[0] |= 0x08;
      service.raw().write(again);
      assertThat(type(service.read())).isEqualTo(MqttMessageType.PUBREC);
      service.raw().write(new byte[] {0x62, 2, 0, 7});
      assertThat(type(service.read())).isEqualTo(MqttMessageType.PUBCOMP);
      service.publish(MqttQoS.EXACTLY_ONCE, 7, "user/lea/queue/q", "twice");
      assertThat(type(service.read())).isEqualTo(MqttMessageType.PUBREC);
      // Without DUP it is something new, of a client that does not know its session any more.
      service.publish(MqttQoS.EXACTLY_ONCE, 8, "user/lea/queue/q", "new");
      assertThat(type(service.read())).isEqualTo(MqttMessageType.PUBREC);
    }
    JsonNode entries = node.as("lea", "").get("/user/queue/q").json();
    assertThat(entries.valueStream().map(entry -> entry.get("body").stringValue()))
        .containsExactly("once", "forgotten", "twice", "new");
  }

  @Test
  void whatVersion311PublishesAtQos2IsNotAppendedAgainByWhoTakesOver() {
    try (RawMqtt first = RawMqtt.open(node, MqttVersion.MQTT_3_1_1);
        RawMqtt second = RawMqtt.open(node, MqttVersion.MQTT_3_1_1)) {
      first.hello(node, "service", "push", "broken", connect -> {});
      MqttPublishMessage once = first.publish(MqttQoS.EXACTLY_ONCE, 7, "user/liv/queue/q", "once");
      assertThat(type(first.read())).isEqualTo(MqttMessageType.PUBREC);
      second.hello(node, "service", "push", "broken", connect -> {});
      byte[] again = second.encoded(once.replace(Unpooled.copiedBuffer("once", UTF_8)));
      again[0] |= 0x08;
      second.raw().write(again);
      assertThat(type(second.read())).isEqualTo(MqttMessageType.PUBREC);
    }
    assertThat(node.as("liv", "").get("/user/queue/q").json()).hasSize(1);
  }

  @Test
  void whoHasAsManyAtQos2AsThereMayBeCanRepeatAndReleaseThem() {
    List<Integer> ids = IntStream.rangeClosed(1, Publishes.MAX_UNRELEASED).boxed().toList();
    SavedSession full = new SavedSession(List.of(), List.of(), ids);
    Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
    node.bean(Store.class).deviceRecords().put("service", "full", full.encoded(), tomorrow);
    try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_3_1_1)) {
      service.hello(node, "service", "push", "full", connect -> {});
      service.raw().write(HexFormat.of().parseHex("3c0b0007746f7069632f6e0005"));
      assertThat(type(service.read())).isEqualTo(MqttMessageType.PUBREC);
      service.raw().write(new byte[] {0x62, 2, 0, 5});
      assertThat(type(service.read())).isEqualTo(MqttMessageType.PUBCOMP);
      service.publish(MqttQoS.EXACTLY_ONCE, 5, "topic/n", "new");
      assertThat(type(service.read())).isEqualTo(MqttMessageType.PUBREC);
    }
  }

  @Test
  void whatIsNotAcknowledgedComesAgainToWhoTakesOverUnderItsIdentifier() {
    try (RawMqtt first = RawMqtt.connect(node, "max", "phone");
        RawMqtt second = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      first.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q");
      push("/user/max/queue/q", "one");
      MqttPublishMessage sent = first.message();
      assertThat(second.hello(node, "max", "", "phone", connect -> {}).variableHeader())
          .satisfies(answer -> assertThat(answer.isSessionPresent()).isTrue());
      MqttPublishMessage again = second.message();
      assertThat(again.fixedHeader().isDup()).isTrue();
      assertThat(again.variableHeader().packetId()).isEqualTo(sent.variableHeader().packetId());
    }
  }

  private static MqttMessageType type(MqttMessage message) {
    return message.fixedHeader().messageType();
  }

  @Test
  void aSessionIsThereFromItsConnackOn() {
    try (RawMqtt one = RawMqtt.connect(node, "lou", "phone");
        RawMqtt other = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      MqttConnAckMessage answer = other.hello(node, "lou", "", "phone", connect -> {});

      assertThat(answer.variableHeader().isSessionPresent()).isTrue();
      assertThat(one.disconnected()).isEqualTo(0x8E);
    }
  }

  @Test
  void aSessionThatGoesOnDoesNotExpireWhileItsClientIsConnected() {
    RawMqtt.connect(node, "mia", "phone", connect -> connect.properties(RawMqtt.expiry(2))).close();
    awaitGone("mia");
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      MqttConnAckMessage answer =
          client.hello(node, "mia", "", "phone", connect -> connect.properties(RawMqtt.expiry(2)));
      assertThat(answer.variableHeader().isSessionPresent()).isTrue();
      passSeconds(3);
      // A node that is killed now has not written that its client is gone.
      assertThat(node.bean(Store.class).deviceRecords().get("mia", "phone")).isNotNull();
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
