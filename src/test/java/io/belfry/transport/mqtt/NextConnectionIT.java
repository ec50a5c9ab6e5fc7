package io.belfry.transport.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.log.Store;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
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

/// What the next connection of a session finds, whether the one before it has gone or is taken
/// over.
class NextConnectionIT extends MqttFixture {
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
}
