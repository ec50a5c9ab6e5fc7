package io.belfry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.RawHttp;
import io.belfry.RawHttp.Answer;
import io.belfry.TestNode;
import io.belfry.transport.websocket.RawWebSocket;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The topics that begin with `belfry.` are the nodes' own, whatever the transport: operators read
/// them, nobody pushes to them. Plain reads are with all other rules in [AccessIT].
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReservedTopicsIT {
  private static final String TOPIC = "/topic/belfry.nodes";

  @TempDir private static Path data;
  private TestNode node;
  private RawHttp http;

  @BeforeAll
  void start() {
    node = TestNode.startWithoutSecret(data, "belfry.auth.secret=" + TestTokens.SECRET);
    http = new RawHttp(node.port());
  }

  @AfterAll
  void stop() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/topic/belfry.nodes", "/topic/%62elfry.anything"})
  void nobodyPushesToThem(String path) {
    String admin = AccessIT.bearer(TestTokens.token("op", "admin"));
    Answer single = http.send("POST", path, "{}", admin);
    assertThat(single.status()).isEqualTo(422);
    assertThat(single.body()).contains("the nodes' own");
    String line = "{\"to\":\"" + path + "\",\"body\":1}";
    Answer batch =
        http.send("POST", "/messages", line, admin, "Content-Type: application/x-ndjson");
    assertThat(batch.body()).contains("\"status\":422");
    assertThat(http.send("POST", "/topic/belfry", "{}", admin).status()).isEqualTo(201);
  }

  @Test
  void aStreamOfEventsNeedsTheScopeAdmin() {
    Answer answer =
        http.get(
            TOPIC, "Accept: text/event-stream", AccessIT.bearer(TestTokens.token("svc", "push")));
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.body()).contains("'admin'");
  }

  @Test
  void aStompSubscriptionNeedsTheScopeAdmin() throws IOException {
    String subscribe = "SUBSCRIBE\nid:1\nreceipt:s\ndestination:" + TOPIC + "\n\n\0";
    assertThat(stomp("push", subscribe)).startsWith("ERROR").contains("status:403", "scope admin");
    assertThat(stomp("admin", subscribe)).startsWith("RECEIPT");
    assertThat(stomp("admin", "SEND\ndestination:" + TOPIC + "\n\nx\0"))
        .startsWith("ERROR")
        .contains("status:422");
  }

  private String stomp(String scope, String frame) throws IOException {
    try (RawWebSocket socket = new RawWebSocket(node.port(), "/ws")) {
      String token = TestTokens.token("someone", scope);
      socket.send("CONNECT\naccept-version:1.2\npasscode:" + token + "\n\n\0");
      assertThat(socket.read().text()).startsWith("CONNECTED");
      socket.send(frame);
      return socket.read().text();
    }
  }

  @Test
  void anMqttSubscriptionNeedsTheScopeAdmin() throws MqttException {
    try (MqttClient user = mqtt("push")) {
      assertThatThrownBy(() -> user.subscribe(TOPIC.substring(1)))
          .isInstanceOf(MqttException.class);
      user.disconnect();
    }
    try (MqttClient operator = mqtt("admin")) {
      operator.subscribe(TOPIC.substring(1));
      operator.disconnect();
    }
  }

  private MqttClient mqtt(String scope) throws MqttException {
    MqttClient client =
        new MqttClient("ws://127.0.0.1:" + node.port() + "/mqtt", scope, new MemoryPersistence());
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName("someone");
    options.setPassword(TestTokens.token("someone", scope).toCharArray());
    client.connect(options);
    return client;
  }
}
