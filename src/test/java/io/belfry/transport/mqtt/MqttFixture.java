package io.belfry.transport.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.TestNode;
import io.belfry.core.delivery.Deliveries;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// What tests of MQTT have in common: a whole node.
abstract class MqttFixture {
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

  static MqttMessageType type(MqttMessage message) {
    return message.fixedHeader().messageType();
  }

  static Integer number(MqttProperties properties, int id) {
    return (Integer) properties.getProperty(id).value();
  }

  static void awaitGone(String user) {
    await().until(() -> node.bean(Deliveries.class).connections().of(user).isEmpty());
  }

  static String read(String user, String path) {
    return node.as(user, "").get(path).text();
  }

  static void push(String path, String body) {
    assertThat(node.as("service", "push").post(path, body).status()).isEqualTo(201);
  }

  // A read that is held in vain.
  static void passSeconds(int seconds) {
    assertThat(read("nobody", "/user/queue/none?wait=" + seconds)).isEqualTo("[]");
  }

  static void awaitGoneDevice(String user, String device) {
    await()
        .until(() ->
            node.bean(Deliveries.class).connections().of(user).stream()
                .noneMatch(c -> c.session().device().equals(device)));
  }
}
