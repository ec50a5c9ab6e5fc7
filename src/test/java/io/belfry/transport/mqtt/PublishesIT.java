package io.belfry.transport.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageBuilders.SubscribeBuilder;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.UserProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption.RetainedHandlingPolicy;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients publish.
class PublishesIT extends MqttFixture {
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
  void whatTheNodeSaysItselfOfADeliveryAndWhatIsSaidToItIsNotPassedOn() {
    try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_5);
        RawMqtt client = RawMqtt.connect(node, "lou", "d")) {
      client.subscribe(MqttQoS.AT_LEAST_ONCE, "user/queue/q");
      service.hello(node, "service", "push", "own", connect -> {});
      MqttProperties properties = new MqttProperties();
      UserProperties user = new UserProperties();
      for (String name : List.of("Offset", "id", "timestamp", "gap-after", "Topic", "TTL", "tag")) {
        user.add(name, "7");
      }
      properties.add(user);
      service.send(publish("user/lou/queue/q", properties, "hi".getBytes(UTF_8)));
      var come = client.message().variableHeader().properties();

      assertThat(((UserProperties) come.getProperty(MqttProperties.USER_PROPERTY)).value())
          .extracting(pair -> pair.key)
          .containsExactly("offset", "id", "timestamp", "tag");
      assertThat(read("lou", "/user/queue/q")).contains("\"user-properties\":\"tag=7\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "\uFFFF"})
  void aUserPropertyThatAClientMayRefuseIsRefused(String value) {
    try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      service.hello(node, "service", "push", "odd", connect -> {});
      MqttProperties properties = new MqttProperties();
      UserProperties user = new UserProperties();
      user.add("tag", value);
      properties.add(user);
      service.send(publish("user/lin/queue/q", properties, "hi".getBytes(UTF_8)));
      assertThat(pubAck(service)).isEqualTo(0x83);
    }
  }

  @Test
  void aPayloadThatIsNotTheTextThatItSaysIsRefused() {
    byte[] noText = {(byte) 0xFF};
    MqttProperties says = RawMqtt.properties(MqttProperties.PAYLOAD_FORMAT_INDICATOR, 1);
    try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      service.hello(node, "service", "push", "text", connect -> {});
      service.send(publish("user/lyn/queue/q", says, noText));
      assertThat(pubAck(service)).isEqualTo(0x99);
      service.send(publish("user/lyn/queue/q", says, "hi".getBytes(UTF_8)));
      assertThat(pubAck(service)).isZero();
    }
    try (RawMqtt service = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      var answer =
          service.hello(
              node,
              "service",
              "push",
              "last",
              RawMqtt.will("", 0).andThen(c -> c.willMessage(noText).willProperties(says)));
      assertThat(answer.variableHeader().connectReturnCode().byteValue()).isEqualTo((byte) 0x99);
    }
  }

  private static MqttMessage publish(String topic, MqttProperties properties, byte[] body) {
    return MqttMessageBuilders.publish()
        .topicName(topic)
        .qos(MqttQoS.AT_LEAST_ONCE)
        .messageId(1)
        .properties(properties)
        .payload(Unpooled.wrappedBuffer(body))
        .build();
  }

  @ParameterizedTest
  @CsvSource({"0, topic/local-0", "1, topic/local-1"})
  void withNoLocalAClientDoesNotGetWhatItHasPublishedNorOnItsNextConnection(int qos, String topic) {
    String device = "nl" + qos;
    SubscribeBuilder noLocal = noLocal(topic, MqttQoS.valueOf(qos));
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5);
        RawMqtt other = RawMqtt.connect(node, "len", device)) {
      client.hello(node, "service", "push", device, connect -> {});
      client.send(noLocal.build());
      assertThat(type(client.read())).isEqualTo(MqttMessageType.SUBACK);
      other.subscribe(MqttQoS.AT_LEAST_ONCE, topic);
      client.publish(MqttQoS.AT_LEAST_ONCE, 1, topic, "own");
      assertThat(pubAck(client)).isZero();
      push("/" + topic, "another's");

      assertThat(RawMqtt.body(client.message())).isEqualTo("another's");
      MqttPublishMessage own = other.message();
      assertThat(RawMqtt.body(own)).isEqualTo("own");
      assertThat(RawMqtt.user(own, "no-local")).isEmpty();
    }
    awaitGoneDevice("service", device);
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      client.hello(node, "service", "push", device, connect -> {});
      if (qos == 1) {
        MqttPublishMessage again = client.message();
        assertThat(RawMqtt.body(again)).isEqualTo("another's");
        client.ack(again, 0);
      }
      client.publish(MqttQoS.AT_LEAST_ONCE, 1, topic, "own");
      assertThat(pubAck(client)).isZero();
      push("/" + topic, "last");
      assertThat(RawMqtt.body(client.message())).isEqualTo("last");
    }
  }

  @Test
  void noLocalMayComeWithARepeatedSubscribe() {
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      client.hello(node, "service", "push", "repeated", connect -> {});
      client.subscribe(MqttQoS.AT_MOST_ONCE, "topic/repeated");
      client.send(noLocal("topic/repeated", MqttQoS.AT_MOST_ONCE).build());
      assertThat(type(client.read())).isEqualTo(MqttMessageType.SUBACK);

      client.publish(MqttQoS.AT_LEAST_ONCE, 1, "topic/repeated", "own");
      assertThat(pubAck(client)).isZero();
      push("/topic/repeated", "another's");

      assertThat(RawMqtt.body(client.message())).isEqualTo("another's");
    }
  }

  @Test
  void withNoLocalAGapIsSpokenAlsoByWhatTheClientHasPublished() {
    try (RawMqtt client = RawMqtt.open(node, MqttVersion.MQTT_5)) {
      MqttProperties one = RawMqtt.properties(MqttProperties.RECEIVE_MAXIMUM, 1);
      client.hello(node, "service", "push", "gaps", connect -> connect.properties(one));
      client.send(noLocal("topic/gaps", MqttQoS.AT_LEAST_ONCE).build());
      assertThat(type(client.read())).isEqualTo(MqttMessageType.SUBACK);
      push("/topic/gaps", "first");
      final MqttPublishMessage first = client.message();
      for (int i = 1; i <= 25; i++) {
        client.publish(MqttQoS.AT_LEAST_ONCE, i, "topic/gaps", "own " + i);
        assertThat(pubAck(client)).isZero();
      }

      client.ack(first, 0);

      MqttPublishMessage own = client.message();
      assertThat(RawMqtt.body(own)).isEqualTo("own 6");
      assertThat(RawMqtt.user(own, "gap-after")).isNotEmpty();
      client.ack(own, 0);
      push("/topic/gaps", "last");
      assertThat(RawMqtt.body(client.message())).isEqualTo("last");
    }
  }

  private static SubscribeBuilder noLocal(String topic, MqttQoS qos) {
    return MqttMessageBuilders.subscribe()
        .messageId(1)
        .addSubscription(
            topic,
            new MqttSubscriptionOption(qos, true, false, RetainedHandlingPolicy.SEND_AT_SUBSCRIBE));
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
}
