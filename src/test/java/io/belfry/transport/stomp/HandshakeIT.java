package io.belfry.transport.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.transport.websocket.RawWebSocket;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How a client of a whole node comes in, or does not.
class HandshakeIT extends WebSocketFixture {
  @ParameterizedTest
  @CsvSource({
    "v12.stomp,                       v12.stomp, 1.2",
    "'v10.stomp, v11.stomp',          v10.stomp, 1.0",
    "'x, v11.stomp, v12.stomp',       v11.stomp, 1.1",
    ",                                '',        1.2",
    "x,                               '',        1.2"
  })
  void theClientsFirstSubprotocolIsSpoken(String offered, String chosen, String version)
      throws IOException {
    String[] headers =
        offered == null ? new String[0] : new String[] {"Sec-WebSocket-Protocol: " + offered};
    try (RawWebSocket socket = open(headers)) {
      assertThat(socket.status()).isEqualTo(101);
      assertThat(socket.header("Sec-WebSocket-Protocol")).isEqualTo(chosen);
      socket.send(
          "CONNECT\naccept-version:1.0,1.1,1.2\npasscode:" + node.token(user, "") + "\n\n\0");
      assertThat(frame(socket).header("version")).isEqualTo(version);
    }
  }

  @Test
  void nothingIsCompressed() throws IOException {
    try (RawWebSocket socket = open("Sec-WebSocket-Extensions: permessage-deflate")) {
      assertThat(socket.header("Sec-WebSocket-Extensions")).isEmpty();
    }
  }

  @Test
  void theHandshakesTokenIsEnough() throws IOException {
    String token = node.token(user, "");
    try (RawWebSocket inHeader = open("Authorization: Bearer " + token);
        RawWebSocket inQuery = new RawWebSocket(node.port(), "/ws?access_token=" + token)) {
      assertThat(inQuery.header("Cache-Control")).isEqualTo("no-store");
      for (RawWebSocket socket : new RawWebSocket[] {inHeader, inQuery}) {
        socket.send("CONNECT\naccept-version:1.2\n\n\0");
        assertThat(frame(socket).header("user-name")).isEqualTo(user);
      }
    }
  }

  @Test
  void aBadTokenInTheHandshakeIsAnswered401() throws IOException {
    for (RawWebSocket socket :
        new RawWebSocket[] {
          open("Authorization: Bearer nonsense"),
          new RawWebSocket(node.port(), "/ws?access_token=nonsense"),
          new RawWebSocket(
              node.port(),
              "/ws?access_token=" + node.token(user, ""),
              "Authorization: Bearer " + node.token("bob", ""))
        }) {
      assertThat(socket.status()).isEqualTo(401);
      assertThat(socket.header("WWW-Authenticate")).startsWith("Bearer error=\"invalid_token\"");
      assertThat(socket.header("Content-Type")).startsWith("application/problem+json");
      assertThat(socket.body()).contains("\"status\":401");
      socket.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"https://app.example.com, 101", "https://evil.example.com, 403", "null, 403"})
  void aForeignOriginIsTurnedAway(String origin, int status) throws IOException {
    try (RawWebSocket socket = open("Origin: " + origin)) {
      assertThat(socket.status()).isEqualTo(status);
    }
  }

  @Test
  void whatIsNoHandshakeIsTold() {
    var answer = node.as(user, "").get("/ws");

    assertThat(answer.status()).isEqualTo(426);
  }

  @Test
  void aHandshakeHasOneKey() throws IOException {
    try (RawWebSocket socket = open("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")) {
      assertThat(socket.status()).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws/", "/ws/a", "/wsx"})
  void onlyTheAddressItselfIsADoor(String target) throws IOException {
    try (RawWebSocket socket = new RawWebSocket(node.port(), target)) {
      assertThat(socket.status()).isBetween(400, 499);
    }
  }

  @Test
  void aBadTokenIsAnErrorAndItsCode() throws IOException {
    try (RawWebSocket socket = open()) {
      socket.send("CONNECT\naccept-version:1.2\npasscode:nonsense\n\n\0");

      error(socket, 4401);
    }
  }

  @Test
  void theFourthConnectionIsOneTooMany() throws IOException {
    try (RawWebSocket first = connect();
        RawWebSocket second = connect();
        RawWebSocket third = connect();
        RawWebSocket fourth = open()) {
      assertThat(new int[] {first.status(), second.status(), third.status()}).containsOnly(101);
      fourth.send("CONNECT\naccept-version:1.2\npasscode:" + node.token(user, "") + "\n\n\0");

      error(fourth, 4429);
    }
  }
}
