package io.belfry.transport.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.Answer;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import org.junit.jupiter.api.Test;

/// What is subscribed to comes.
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
  void whatIsRetractedWhileAllIdentifiersAreTakenDoesNotCome() {
    try (RawMqtt client =
        RawMqtt.connect(
            node,
            "ike",
            "d",
            connect -> connect.properties(RawMqtt.properties(MqttProperties.RECEIVE_MAXIMUM, 1)))) {
      client.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/a", "user/queue/b");
      push("/user/ike/queue/a", "first");
      MqttPublishMessage first = client.message();
      String location =
          node.as("service", "push").post("/user/ike/queue/b", "retracted").header("Location");
      push("/user/ike/queue/b", "second");
      passSeconds(1);
      assertThat(node.as("service", "push").delete(location).status()).isEqualTo(204);

      client.ack(first, 0);

      assertThat(RawMqtt.body(client.message())).isEqualTo("second");
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

  private static void awaitDeadLetter(String destination) {
    await()
        .untilAsserted(() ->
            assertThat(node.as("root", "admin").get("/dead-letters?limit=1000").text())
                .contains(destination));
  }
}
