package io.belfry.transport.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.Answer;
import io.belfry.TestNode;
import io.belfry.core.delivery.Deliveries;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageBuilders.ConnectBuilder;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.UserProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MqttIT {
  @TempDir static Path data;
  static TestNode node;

  @BeforeAll
  static void start() {
    node =
        TestNode.start(
            data,
            "belfry.mqtt.port=0",
            "belfry.heartbeat=200ms",
            "belfry.drain=1s",
            "belfry.delivery.ack-timeout=1s",
            "belfry.inbox.max-messages=20",
            "belfry.limits.connections-per-user=2");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

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

  private static int pubAck(RawMqtt client) {
    return ((MqttPubReplyMessageVariableHeader) client.read().variableHeader()).reasonCode() & 0xFF;
  }

  private static Integer number(MqttProperties properties, int id) {
    return (Integer) properties.getProperty(id).value();
  }

  private static void clean(ConnectBuilder connect) {
    connect.cleanSession(true).properties(MqttProperties.NO_PROPERTIES);
  }

  // A read that is held in vain.
  private static void passSeconds(int seconds) {
    assertThat(read("nobody", "/user/queue/none?wait=" + seconds)).isEqualTo("[]");
  }

  private static void awaitGone(String user) {
    await().until(() -> node.bean(Deliveries.class).connections().of(user).isEmpty());
  }

  private static void awaitGoneDevice(String user, String device) {
    await()
        .until(() ->
            node.bean(Deliveries.class).connections().of(user).stream()
                .noneMatch(c -> c.session().device().equals(device)));
  }

  private static void awaitDeadLetter(String destination) {
    await()
        .untilAsserted(() ->
            assertThat(node.as("root", "admin").get("/dead-letters?limit=1000").text())
                .contains(destination));
  }

  private static String read(String user, String path) {
    return node.as(user, "").get(path).text();
  }

  private static void push(String path, String body) {
    assertThat(node.as("service", "push").post(path, body).status()).isEqualTo(201);
  }
}
