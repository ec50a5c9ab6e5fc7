package io.belfry.transport.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.TestNode;
import io.belfry.transport.tcp.TcpDoors;
import io.belfry.transport.tcp.TlsKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Eclipse Paho, of both versions.
class StockClientsIT {
  @TempDir static Path data;
  static TestNode node;
  static TlsKeys keys;

  @BeforeAll
  static void start() throws Exception {
    keys = TlsKeys.in(data);
    List<String> settings = new ArrayList<>(List.of(keys.bundle("door")));
    settings.add("belfry.mqtt.port=0");
    settings.add("belfry.mqtt.ssl-bundle=door");
    settings.add("belfry.drain=1s");
    node = TestNode.start(data.resolve("node"), settings.toArray(String[]::new));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssl", "ws"})
  void version3GetsWhatCameWhileItWasAway(String scheme) throws Exception {
    String user = "three-" + scheme;
    BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    try (MqttClient client = version3(scheme, user, "c-" + scheme, bodies)) {
      client.subscribe("user/queue/q", 2);
      push(user, "1");
      assertThat(next(bodies)).isEqualTo("1");
      awaitSettled(user, "c-" + scheme);
      client.disconnect();
    }
    push(user, "2");
    try (MqttClient client = version3(scheme, user, "c-" + scheme, bodies)) {
      client.subscribe("user/queue/q", 2);
      assertThat(next(bodies)).isEqualTo("2");
      push(user, "3");
      assertThat(next(bodies)).isEqualTo("3");
      awaitSettled(user, "c-" + scheme);
      client.disconnect();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssl", "ws"})
  void version5GetsWhatCameWhileItWasAwayWithoutSubscribingAgain(String scheme) throws Exception {
    String user = "five-" + scheme;
    Listener listener = new Listener();
    var client = version5(scheme, user, "c-" + scheme, listener);
    client.subscribe("user/queue/q", 1);
    push(user, "1");
    assertThat(next(listener.bodies)).isEqualTo("1");
    awaitSettled(user, "c-" + scheme);
    client.disconnect();
    push(user, "2");
    client.connect(options5(scheme, user));
    assertThat(next(listener.bodies)).isEqualTo("2");
    push(user, "3");
    assertThat(next(listener.bodies)).isEqualTo("3");
    client.disconnect();
    client.close();
  }

  @Test
  void aServicePublishesManyInOrder() throws Exception {
    Listener listener = new Listener();
    var client = version5("ws", "many", "reader", listener);
    client.subscribe("user/queue/q", 1);
    var options = options5("ws", "service");
    options.setPassword(node.token("service", "push").getBytes(UTF_8));
    var service =
        new org.eclipse.paho.mqttv5.client.MqttClient(
            address("ws"),
            "writer",
            new org.eclipse.paho.mqttv5.client.persist.MemoryPersistence());
    service.connect(options);
    for (int i = 0; i < 200; i++) {
      service.publish("user/many/queue/q", Integer.toString(i).getBytes(UTF_8), 1, false);
    }
    for (int i = 0; i < 200; i++) {
      assertThat(next(listener.bodies)).isEqualTo(Integer.toString(i));
    }
    service.disconnect();
    service.close();
    client.disconnect();
    client.close();
  }

  @Test
  void whatAServiceSaysBesideItsPayloadComesUnaltered() throws Exception {
    Listener listener = new Listener();
    var client = version5("ws", "asked", "reader", listener);
    client.subscribe("user/queue/q", 1);
    var options = options5("ws", "service");
    options.setPassword(node.token("service", "push").getBytes(UTF_8));
    var service =
        new org.eclipse.paho.mqttv5.client.MqttClient(
            address("ws"), "asker", new org.eclipse.paho.mqttv5.client.persist.MemoryPersistence());
    service.connect(options);
    MqttProperties said = new MqttProperties();
    said.setPayloadFormat(true);
    said.setContentType("text/x");
    said.setResponseTopic("user/service/queue/answers");
    said.setCorrelationData(new byte[] {0, (byte) 0xFF, '\n'});
    List<UserProperty> pairs =
        List.of(
            new UserProperty("Tag", " \u00e9=&+%"),
            new UserProperty("ce-type", "x"),
            new UserProperty("CE-Source", "/y"),
            new UserProperty("Tag", ""),
            new UserProperty("", "1"));
    said.setUserProperties(pairs);

    service.publish(
        "user/asked/queue/q", new MqttMessage("question".getBytes(UTF_8), 1, false, said));

    assertThat(next(listener.bodies)).isEqualTo("question");
    MqttProperties heard = next(listener.properties);
    assertThat(heard.getPayloadFormat()).isTrue();
    assertThat(heard.getContentType()).isEqualTo("text/x");
    assertThat(heard.getResponseTopic()).isEqualTo("user/service/queue/answers");
    assertThat(heard.getCorrelationData()).containsExactly(0, 0xFF, '\n');
    assertThat(heard.getUserProperties()).endsWith(pairs.toArray(UserProperty[]::new));
    assertThat(heard.getUserProperties()).extracting(UserProperty::getKey).hasSize(8);
    assertThat(node.as("asked", "").get("/user/queue/q?after=0").json().get(0).get("headers"))
        .hasToString(
            """
            {"ce-source":"/y","ce-type":"x","correlation-data":"AP8K","payload-format-indicator":"1",\
            "response-topic":"user/service/queue/answers",\
            "user-properties":"Tag=+%C3%A9%3D%26%2B%25&ce-type=x&CE-Source=%2Fy&Tag=&=1"}\
            """);
    service.disconnect();
    service.close();
    client.disconnect();
    client.close();
  }

  // Paho hands a message over before it acknowledges it.
  private static void awaitSettled(String user, String device) {
    await()
        .until(() -> node.as(user, "").get("/user/queue/q?device=" + device).text().equals("[]"));
  }

  // What waits for a session comes right after its CONNACK: who listens later misses it.
  private static MqttClient version3(
      String scheme, String user, String id, BlockingQueue<String> bodies) throws Exception {
    MqttClient client = new MqttClient(address(scheme), id, new MemoryPersistence());
    client.setCallback(new Listener3(bodies));
    MqttConnectOptions options = new MqttConnectOptions();
    options.setCleanSession(false);
    options.setUserName(user);
    options.setPassword(node.token(user, "").toCharArray());
    if (scheme.equals("ssl")) {
      options.setSocketFactory(keys.trusting().getSocketFactory());
    }
    client.connect(options);
    return client;
  }

  private static org.eclipse.paho.mqttv5.client.MqttClient version5(
      String scheme, String user, String id, MqttCallback listener) throws Exception {
    var client =
        new org.eclipse.paho.mqttv5.client.MqttClient(
            address(scheme), id, new org.eclipse.paho.mqttv5.client.persist.MemoryPersistence());
    client.setCallback(listener);
    client.connect(options5(scheme, user));
    return client;
  }

  private static MqttConnectionOptions options5(String scheme, String user) throws Exception {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(false);
    options.setSessionExpiryInterval(300L);
    options.setUserName(user);
    options.setPassword(node.token(user, "").getBytes(UTF_8));
    if (scheme.equals("ssl")) {
      options.setSocketFactory(keys.trusting().getSocketFactory());
    }
    return options;
  }

  private static String address(String scheme) {
    return scheme.equals("ssl")
        ? "ssl://localhost:" + node.bean(TcpDoors.class).port("mqtt")
        : "ws://localhost:" + node.port() + "/mqtt";
  }

  private static <T> T next(BlockingQueue<T> come) throws InterruptedException {
    T next = come.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing came");
    }
    return next;
  }

  private static void push(String user, String body) {
    assertThat(node.as("service", "push").post("/user/" + user + "/queue/q", body).status())
        .isEqualTo(201);
  }

  private static final class Listener implements MqttCallback {
    final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    final BlockingQueue<MqttProperties> properties = new LinkedBlockingQueue<>();

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      properties.add(message.getProperties());
      bodies.add(new String(message.getPayload(), UTF_8));
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverURI) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }

  private record Listener3(BlockingQueue<String> bodies)
      implements org.eclipse.paho.client.mqttv3.MqttCallback {
    @Override
    public void messageArrived(String topic, org.eclipse.paho.client.mqttv3.MqttMessage message) {
      bodies.add(new String(message.getPayload(), UTF_8));
    }

    @Override
    public void connectionLost(Throwable cause) {}

    @Override
    public void deliveryComplete(org.eclipse.paho.client.mqttv3.IMqttDeliveryToken token) {}
  }
}
