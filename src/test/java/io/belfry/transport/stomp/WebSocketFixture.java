package io.belfry.transport.stomp;

import static io.belfry.transport.websocket.RawWebSocket.BINARY;
import static io.belfry.transport.websocket.RawWebSocket.CLOSE;
import static io.belfry.transport.websocket.RawWebSocket.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.TestNode;
import io.belfry.core.log.Appended;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.core.log.Store;
import io.belfry.transport.websocket.RawWebSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// What tests of STOMP on real WebSockets have in common: a whole node, and clients of it that
/// write and read byte by byte.
abstract class WebSocketFixture {
  static final String INBOX = "/user/queue/notifications";
  static TestNode node;

  // One user a test, so that none sees another's messages.
  final String user = "u" + UUID.randomUUID();

  @BeforeAll
  static void start(@TempDir Path data) {
    node =
        TestNode.start(
            data,
            "belfry.heartbeat=2s",
            "belfry.limits.connections-per-user=3",
            "belfry.allowed-origins=https://app.example.com");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @AfterEach
  void nothingIsLeft() {
    await().until(() -> node.bean(Store.class).presence().of(user).isEmpty());
  }

  static RawWebSocket open(String... headers) throws IOException {
    return new RawWebSocket(node.port(), "/ws", headers);
  }

  RawWebSocket connect() throws IOException {
    return connect(open("Sec-WebSocket-Protocol: v12.stomp"), "");
  }

  RawWebSocket connect(RawWebSocket socket, String scope) throws IOException {
    socket.send(
        "CONNECT\naccept-version:1.2\ndevice:phone\npasscode:"
            + node.token(user, scope)
            + "\n\n\0");
    assertThat(frame(socket).command()).isEqualTo("CONNECTED");
    return socket;
  }

  static void subscribe(RawWebSocket socket, String headers) throws IOException {
    socket.send("SUBSCRIBE\nid:1\nreceipt:s\ndestination:" + INBOX + "\n" + headers + "\n\0");
    assertThat(frame(socket).header("receipt-id")).isEqualTo("s");
  }

  static ServerFrame frame(RawWebSocket socket) throws IOException {
    RawWebSocket.Frame read = socket.read();
    assertThat(read.opcode()).as(read.text()).isIn(TEXT, BINARY);
    assertThat(read.fin()).isTrue();
    return ServerFrame.parse(read.payload(), read.opcode() == TEXT);
  }

  static void error(RawWebSocket socket, int code) throws IOException {
    ServerFrame error = frame(socket);
    assertThat(error.command()).as(error.toString()).isEqualTo("ERROR");
    assertThat(error.header("code")).isEqualTo(Integer.toString(code));
    closed(socket, code);
  }

  static void closed(RawWebSocket socket, int code) throws IOException {
    RawWebSocket.Frame close = socket.read();
    assertThat(close.opcode()).as(close.text()).isEqualTo(CLOSE);
    assertThat(close.code()).isEqualTo(code);
    socket.send(CLOSE, true, Arrays.copyOf(close.payload(), 2));
    assertThat(socket.isAtEnd()).isTrue();
  }

  void push(byte[] body) {
    Push push =
        Push.of(
            new Destination.Queue(user, "notifications"),
            Map.of("Content-Type", "application/octet-stream"),
            body,
            Retention.defaults());
    Appended appended = node.bean(Store.class).logs().append(push).join();
    assertThat(appended).isInstanceOf(Appended.Fresh.class);
  }

  void push(String body) {
    push(body.getBytes(StandardCharsets.UTF_8));
  }
}
