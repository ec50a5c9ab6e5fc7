package io.belfry.transport.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.Answer;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.UserProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What is subscribed to comes, and what is published is pushed.
class MessagesIT extends MqttFixture {
  @Test
  void whatIsPushedComesWithAllThatIsSaidOfIt() {
    try (RawMqtt client = RawMqtt.connect(node, "bob", "d")) {
      assertThat(client.subscribe(MqttQoS.EXACTLY_ONCE, "user/queue/q")).containsExactly(1);
      Answer pushed =
          node.as("service", "push")
              .header("Content-Type", "text/x-note")
              .header("ce-type", "note")
              .header("TTL", "60")
              .post("/user/bob/queue/q", "hello");
      MqttPublishMessage message = client.message();

      assertThat(RawMqtt.body(message)).isEqualTo("hello");
      assertThat(message.variableHeader().topicName()).isEqualTo("user/queue/q");
      assertThat(message.fixedHeader().qosLevel()).isEqualTo(MqttQoS.AT_LEAST_ONCE);
      assertThat(message.fixedHeader().isDup()).isFalse();
      assertThat(RawMqtt.user(message, "offset")).isEqualTo(pushed.json().get("offset").toString());
      assertThat(RawMqtt.user(message, "id")).isEqualTo(pushed.json().get("id").stringValue());
      assertThat(RawMqtt.user(message, "timestamp")).isNotEmpty();
      assertThat(RawMqtt.user(message, "ce-type")).isEqualTo("note");
      MqttProperties properties = message.variableHeader().properties();
      assertThat(properties.getProperty(MqttProperties.CONTENT_TYPE).value())
          .isEqualTo("text/x-note");
      assertThat(number(properties, MqttProperties.PUBLICATION_EXPIRY_INTERVAL)).isBetween(1, 60);
    }
  }

  @Test
  void acknowledgedOnMqttIsGoneOnHttp() {
    push("/user/dan/queue/q", "1");
    try (RawMqtt client = RawMqtt.connect(node, "dan", "d")) {
      client.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q");
      client.ack(client.message(), 0);
      await().until(() -> read("dan", "/user/queue/q?device=d").equals("[]"));
    }
  }

  @Test
  void qos0IsSettledOnceItIsWritten() {
    push("/user/eva/queue/q", "1");
    try (RawMqtt client = RawMqtt.connect(node, "eva", "d")) {
      assertThat(client.subscribe(MqttQoS.AT_MOST_ONCE, "user/queue/q")).containsExactly(0);
      assertThat(client.message().fixedHeader().qosLevel()).isEqualTo(MqttQoS.AT_MOST_ONCE);
      await().until(() -> read("eva", "/user/queue/q?device=d").equals("[]"));
    }
  }

  @Test
  void theReceiveMaximumBoundsAllSubscriptionsTogether() {
    push("/user/gus/queue/a", "a1");
    push("/user/gus/queue/a", "a2");
    push("/user/gus/queue/b", "b1");
    try (RawMqtt client =
        RawMqtt.connect(
            node,
            "gus",
            "d",
            connect ->
                connect.properties(
                    RawMqtt.properties(
                        MqttProperties.SESSION_EXPIRY_INTERVAL,
                        300,
                        MqttProperties.RECEIVE_MAXIMUM,
                        1)))) {
      client.send(
          MqttMessageBuilders.subscribe()
              .messageId(1)
              .addSubscription(MqttQoS.AT_LEAST_ONCE, "user/queue/a")
              .addSubscription(MqttQoS.AT_LEAST_ONCE, "user/queue/b")
              .build());
      int messages = 0;
      while (messages < 3) {
        MqttMessage next = client.read();
        if (next instanceof MqttPublishMessage message) {
          messages++;
          client.send(MqttMessage.PINGREQ);
          MqttMessage answer = client.read();
          while (answer.fixedHeader().messageType() == MqttMessageType.SUBACK) {
            answer = client.read();
          }
          assertThat(answer.fixedHeader().messageType()).isEqualTo(MqttMessageType.PINGRESP);
          client.ack(message, 0);
        }
      }
    }
  }

  @Test
  void whatTheClientRefusesIsADeadLetter() {
    push("/user/hal/queue/q", "bad");
    try (RawMqtt client = RawMqtt.connect(node, "hal", "d")) {
      client.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q");
      client.ack(client.message(), 0x99);
      awaitDeadLetter("/user/hal/queue/q");
      assertThat(node.as("root", "admin").get("/dead-letters").text())
          .contains("\"deliveries\":1,\"reason\":\"refused with reason code 0x99\"");
    }
  }

  @Test
  void whatIsLargerThanTheClientTakesIsNotSentAndIsADeadLetter() {
    try (RawMqtt client =
        RawMqtt.connect(
            node,
            "ida",
            "d",
            connect ->
                connect.properties(
                    RawMqtt.properties(
                        MqttProperties.SESSION_EXPIRY_INTERVAL,
                        300,
                        MqttProperties.MAXIMUM_PACKET_SIZE,
                        500)))) {
      client.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q");
      push("/user/ida/queue/q", "x".repeat(1000));
      push("/user/ida/queue/q", "small");
      assertThat(RawMqtt.body(client.message())).isEqualTo("small");
      awaitDeadLetter("/user/ida/queue/q");
    }
  }

  @Test
  void wildcardsAndSharedSubscriptionsAndOthersQueuesAreRefusedInTheSuback() {
    try (RawMqtt client = RawMqtt.connect(node, "jim", "d")) {
      assertThat(
              client.subscribe(
                  MqttQoS.AT_LEAST_ONCE,
                  "topic/#",
                  "user/+/queue",
                  "$share/g/topic/t",
                  "user/ann/queue/q",
                  "/topic/t",
                  "topic/t"))
          .containsExactly(0xA2, 0xA2, 0x9E, 0x8F, 0x8F, 1);
    }
    awaitGone("jim");
    try (RawMqtt older = RawMqtt.open(node, MqttVersion.MQTT_3_1_1)) {
      older.hello(node, "jim", "", "old", connect -> {});
      assertThat(older.subscribe(MqttQoS.AT_LEAST_ONCE, "topic/#", "topic/t"))
          .containsExactly(0x80, 1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = MqttVersion.class,
      names = {"MQTT_3_1_1", "MQTT_5"})
  void aServicePublishesAndIsAnsweredOnceThatIsDurable(MqttVersion version) {
    String user = "k+" + version;
    try (RawMqtt service = RawMqtt.open(node, version)) {
      service.hello(node, "service", "push", "s-" + version, connect -> {});
      String topic = "user/" + user.replace("+", "%2B") + "/queue/q";
      service.publish(MqttQoS.AT_LEAST_ONCE, 7, topic, "{\"a\":1}");
      var answer = (MqttPubReplyMessageVariableHeader) service.read().variableHeader();
      assertThat(answer.messageId()).isEqualTo(7);
      assertThat(answer.reasonCode()).isZero();
      assertThat(read(user, "/user/queue/q"))
          .contains("\"body\":{\"a\":1}", "\"contentType\":\"application/json\"");
    }
  }

  @Test
  void propertiesOfAPublishAreTheHeadersOfAPush() {
    try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      service.hello(node, "service", "push", "p", connect -> {});
      MqttProperties properties =
          RawMqtt.properties(MqttProperties.PUBLICATION_EXPIRY_INTERVAL, 60);
      properties.add(new MqttProperties.StringProperty(MqttProperties.CONTENT_TYPE, "text/x"));
      UserProperties user = new UserProperties();
      user.add("CE-Type", "note");
      user.add("Idempotency-Key", "once");
      properties.add(user);
      for (int id = 1; id <= 2; id++) {
        service.send(
            MqttMessageBuilders.publish()
                .topicName("user/lea/queue/q")
                .qos(MqttQoS.AT_LEAST_ONCE)
                .messageId(id)
                .properties(properties)
                .payload(Unpooled.wrappedBuffer("hi".getBytes(UTF_8)))
                .build());
        service.read();
      }
      assertThat(node.as("lea", "").get("/user/queue/q").json()).hasSize(1);
      assertThat(read("lea", "/user/queue/q"))
          .contains("\"ce-type\":\"note\"", "\"contentType\":\"text/x\"");
    }
  }

  @ParameterizedTest
  @CsvSource({"tag, 0", "ce-type, 131"})
  void aUserPropertyMayBeThereTwiceWhereItIsNoHeaderOfAPush(String name, int code) {
    try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      service.hello(node, "service", "push", "twice", connect -> {});
      MqttProperties properties = new MqttProperties();
      UserProperties user = new UserProperties();
      user.add(name, "one");
      user.add(name, "two");
      properties.add(user);
      service.send(
          MqttMessageBuilders.publish()
              .topicName("user/liv/queue/q")
              .qos(MqttQoS.AT_LEAST_ONCE)
              .messageId(1)
              .properties(properties)
              .payload(Unpooled.wrappedBuffer("hi".getBytes(UTF_8)))
              .build());
      assertThat(pubAck(service)).isEqualTo(code);
    }
  }

  @Test
  void aPublishThatIsNotAllowedIsSaid() {
    try (RawMqtt client = RawMqtt.connect(node, "max", "d")) {
      client.publish(MqttQoS.AT_LEAST_ONCE, 1, "topic/t", "x");
      assertThat(pubAck(client)).isEqualTo(0x87);
      client.publish(MqttQoS.AT_MOST_ONCE, 0, "topic/t", "x");
      assertThat(client.disconnected()).isEqualTo(0x87);
    }
    try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      service.hello(node, "service", "push", "n", connect -> {});
      service.publish(MqttQoS.AT_LEAST_ONCE, 1, "nowhere", "x");
      assertThat(pubAck(service)).isEqualTo(0x90);
      service.publish(MqttQoS.EXACTLY_ONCE, 2, "topic/t", "x");
      assertThat(service.disconnected()).isEqualTo(0x9B);
    }
  }

  @Test
  void version311PublishesAtQos2Once() {
    try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_3_1_1)) {
      service.hello(node, "service", "push", "two", connect -> {});
      for (int i = 0; i < 2; i++) {
        service.publish(MqttQoS.EXACTLY_ONCE, 5, "user/nia/queue/q", "x");
        assertThat(service.read().fixedHeader().messageType()).isEqualTo(MqttMessageType.PUBREC);
      }
      service.send(
          new MqttMessage(
              new MqttFixedHeader(MqttMessageType.PUBREL, false, MqttQoS.AT_LEAST_ONCE, false, 0),
              MqttMessageIdVariableHeader.from(5)));
      assertThat(service.read().fixedHeader().messageType()).isEqualTo(MqttMessageType.PUBCOMP);
      assertThat(node.as("nia", "").get("/user/queue/q").json()).hasSize(1);
    }
  }

  private static int pubAck(RawMqtt client) {
    return ((MqttPubReplyMessageVariableHeader) client.read().variableHeader()).reasonCode() & 0xFF;
  }

  private static void awaitDeadLetter(String destination) {
    await()
        .untilAsserted(() ->
            assertThat(node.as("root", "admin").get("/dead-letters?limit=1000").text())
                .contains(destination));
  }
}
