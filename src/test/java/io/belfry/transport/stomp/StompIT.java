package io.belfry.transport.stomp;

import static io.belfry.transport.websocket.RawWebSocket.BINARY;
import static io.belfry.transport.websocket.RawWebSocket.CLOSE;
import static io.belfry.transport.websocket.RawWebSocket.CONTINUATION;
import static io.belfry.transport.websocket.RawWebSocket.PING;
import static io.belfry.transport.websocket.RawWebSocket.PONG;
import static io.belfry.transport.websocket.RawWebSocket.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.delivery.Deliveries;
import io.belfry.transport.websocket.RawWebSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// STOMP on real WebSockets of a whole node, byte by byte.
class StompIT extends WebSocketFixture {
  @Test
  void framesMayBeSplitAndJoined() throws IOException {
    try (RawWebSocket socket = connect()) {
      byte[] frames =
          ("BEGIN\ntransaction:a\nreceipt:1\n\n\0\n\nBEGIN\ntransaction:b\nreceipt:2\n\n\0"
                  + "ABORT\ntransaction:a\nreceipt:3\n\n\0")
              .getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < frames.length; i += 7) {
        byte[] part = Arrays.copyOfRange(frames, i, Math.min(frames.length, i + 7));
        boolean isLast = i + 7 >= frames.length;
        socket.send(i == 0 ? TEXT : CONTINUATION, isLast, part);
        socket.send(PING, true, new byte[0]);
      }
      int receipts = 0;
      int pongs = 0;
      while (receipts < 3 || pongs == 0) {
        RawWebSocket.Frame read = socket.read();
        pongs += read.opcode() == PONG ? 1 : 0;
        receipts += read.opcode() == TEXT ? 1 : 0;
      }
      for (byte b : "BEGIN\ntransaction:c\nreceipt:4\n\n\0".getBytes(StandardCharsets.UTF_8)) {
        socket.send(TEXT, true, new byte[] {b});
      }
      RawWebSocket.Frame read = socket.read();
      while (read.opcode() == PONG) {
        read = socket.read();
      }
      assertThat(read.text()).contains("receipt-id:4");
    }
  }

  @Test
  void aPongBringsBackWhatThePingHad() throws IOException {
    try (RawWebSocket socket = open()) {
      socket.send(PING, true, new byte[] {1, 2, 3});

      RawWebSocket.Frame pong = socket.read();
      assertThat(pong.opcode()).isEqualTo(PONG);
      assertThat(pong.payload()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void largeAndBinaryBodiesGoBothWays() throws IOException {
    byte[] body = new byte[64 * 1024];
    Arrays.fill(body, (byte) 0xfe);
    body[100] = 0;
    byte[] head =
        ("SEND\ndestination:/user/"
                + user
                + "/queue/notifications\nreceipt:p\ncontent-length:"
                + body.length
                + "\n\n")
            .getBytes(StandardCharsets.UTF_8);
    byte[] frame = Arrays.copyOf(head, head.length + body.length + 1);
    System.arraycopy(body, 0, frame, head.length, body.length);
    try (RawWebSocket reader = connect();
        RawWebSocket pusher = connect(open(), "push")) {
      subscribe(reader, "");
      pusher.send(BINARY, true, frame);
      assertThat(frame(pusher).header("receipt-id")).isEqualTo("p");

      ServerFrame message = frame(reader);
      assertThat(message.text()).isFalse();
      assertThat(message.body()).isEqualTo(body);
    }
  }

  @Test
  void aThousandMessagesComeInOrder() throws IOException {
    for (int i = 0; i < 1000; i++) {
      push("m" + i);
    }
    try (RawWebSocket socket = connect()) {
      subscribe(socket, "from:earliest\n");
      for (int i = 0; i < 1000; i++) {
        assertThat(frame(socket).bodyText()).isEqualTo("m" + i);
      }
    }
  }

  @Test
  void whatIsUnacknowledgedComesAgainToTheNextConnection() throws IOException {
    push("a");
    push("b");
    try (RawWebSocket first = connect()) {
      subscribe(first, "ack:client-individual\n");
      first.send("ACK\nid:" + frame(first).header("ack") + "\n\n\0");
      assertThat(frame(first).bodyText()).isEqualTo("b");
      first.send("DISCONNECT\nreceipt:bye\n\n\0");
      assertThat(frame(first).header("receipt-id")).isEqualTo("bye");
      closed(first, 1000);
    }
    try (RawWebSocket second = connect()) {
      subscribe(second, "ack:client-individual\n");
      ServerFrame again = frame(second);
      assertThat(again.bodyText()).isEqualTo("b");
      assertThat(again.header("redelivered")).isEqualTo("true");
    }
  }

  @Test
  void anAbruptEndReleasesEverything() throws IOException {
    Deliveries deliveries = node.bean(Deliveries.class);
    int before = deliveries.connections().count();
    RawWebSocket reset = connect();
    subscribe(reset, "");
    RawWebSocket half = connect();
    assertThat(deliveries.connections().count()).isEqualTo(before + 2);

    reset.reset();
    half.close();

    await().until(() -> deliveries.connections().count() == before);
  }

  @Test
  void theClientsGoodByeIsAnswered() throws IOException {
    try (RawWebSocket socket = connect()) {
      socket.send(CLOSE, true, new byte[] {0x03, (byte) 0xe9});

      RawWebSocket.Frame close = socket.read();
      assertThat(close.opcode()).isEqualTo(CLOSE);
      assertThat(close.code()).isEqualTo(1001);
      assertThat(socket.isAtEnd()).isTrue();
    }
  }

  @Test
  void anErrorIsReadThoughTheClientWentOnWriting() throws IOException {
    try (RawWebSocket socket = connect()) {
      byte[] noise = RawWebSocket.frame(TEXT, true, new byte[32 * 1024]);
      socket.send("NONSENSE\n\n\0");
      for (int i = 0; i < 50; i++) {
        socket.write(noise);
      }

      error(socket, 1002);
    }
  }

  @Test
  void aSilentClientIsPingedAndThenDropped() throws IOException {
    try (RawWebSocket socket = connect()) {
      RawWebSocket.Frame ping = socket.readAny();
      assertThat(ping.opcode()).isEqualTo(PING);

      error(socket, 4408);
    }
  }

  @Test
  void aClientThatAnswersPingsStays() throws IOException {
    try (RawWebSocket socket = connect()) {
      for (int i = 0; i < 8; i++) {
        RawWebSocket.Frame ping = socket.readAny();
        assertThat(ping.opcode()).as(ping.text()).isEqualTo(PING);
        socket.send(PONG, true, ping.payload());
      }
    }
  }

  @Test
  void heartBeatsComeAsAgreed() throws IOException {
    try (RawWebSocket socket = open()) {
      socket.send(
          "CONNECT\naccept-version:1.2\nheart-beat:2000,2000\npasscode:"
              + node.token(user, "")
              + "\n\n\0");
      assertThat(frame(socket).header("heart-beat")).isEqualTo("2000,2000");
      int beats = 0;
      while (beats < 3) {
        beats += socket.readAny().text().equals("\n") ? 1 : 0;
        socket.send(TEXT, true, new byte[] {'\n'});
      }
    }
  }

  @Test
  void anUnmaskedFrameEndsTheConnection() throws IOException {
    try (RawWebSocket socket = connect()) {
      socket.write(new byte[] {(byte) 0x81, 1, '\n'});

      RawWebSocket.Frame close = socket.read();
      assertThat(close.opcode()).isEqualTo(CLOSE);
      assertThat(close.code()).isEqualTo(1002);
    }
  }

  @Test
  void whoDoesNotReadDelaysNobodyAndGetsEverythingLater() throws IOException {
    String large = "x".repeat(60_000);
    try (RawWebSocket slow = connect(new RawWebSocket(node.port(), 4096, "/ws"), "");
        RawWebSocket quick = connect()) {
      subscribe(slow, "");
      slow.send("SUBSCRIBE\nid:2\ndestination:/topic/t\n\n\0");
      subscribe(quick, "");
      for (int i = 0; i < 200; i++) {
        push(i + large);
        assertThat(frame(quick).bodyText()).startsWith(i + "x");
      }
      for (int i = 0; i < 200; i++) {
        assertThat(frame(slow).bodyText()).startsWith(i + "x");
      }
    }
  }
}
