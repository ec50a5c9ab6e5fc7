package io.belfry.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.Answer;
import io.belfry.RawConnection;
import io.belfry.TestNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an attacker, or a broken client, sends to where services push.
class HardeningIT {
  @TempDir static Path data;
  static TestNode node;
  static String token;

  @BeforeAll
  static void start() {
    node = TestNode.start(data, "belfry.limits.body=1KB");
    token = node.token("service", "push");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void answersRequestsThatComeInOneWriteInTheirOrder() {
    try (RawConnection connection = node.connect()) {
      connection.write(push("Content-Length: 1") + "1" + push("Content-Length: 1") + "2");

      long first = connection.read().json().get("offset").longValue();
      long second = connection.read().json().get("offset").longValue();

      assertThat(second).isGreaterThan(first);
    }
  }

  @Test
  void keepsAConnectionSaneAfterABodyThatIsTooLarge() {
    try (RawConnection connection = node.connect()) {
      connection.write(push("Content-Length: 50000") + "x".repeat(50_000));
      Answer tooLarge = connection.read();
      assertThat(tooLarge.status()).isEqualTo(413);
      assertThat(tooLarge.problem()).contains("1024 bytes", "belfry.limits.body");

      connection.write(push("Transfer-Encoding: chunked"));
      for (int n = 0; n < 20; n++) {
        connection.write("400\r\n" + "x".repeat(1024) + "\r\n");
      }
      assertThat(connection.read().status()).isEqualTo(413);
      connection.write("0\r\n\r\n");

      connection.write(push("Content-Length: 1") + "1");
      assertThat(connection.read().status()).isEqualTo(201);
    }
  }

  @Test
  void refusesADeclaredLengthBeforeTheBodyComes() {
    try (RawConnection connection = node.connect()) {
      connection.write(push("Content-Length: 1000000000"));

      Answer answer = connection.read();

      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.header("Connection")).isEqualTo("close");
      assertThat(answer.problem()).isNotEmpty();
    }
  }

  @Test
  void asksForABodyThatIsHeldBackOnlyWhereItIsWanted() {
    try (RawConnection connection = node.connect()) {
      connection.write(push("Content-Length: 1\r\nExpect: 100-continue"));
      assertThat(connection.read().status()).isEqualTo(100);
      connection.write("1");
      assertThat(connection.read().status()).isEqualTo(201);

      connection.write(push("Content-Length: 2000\r\nExpect: 100-continue"));
      assertThat(connection.read().status()).isEqualTo(413);
      assertThat(connection.isAtEnd()).isTrue();
    }
  }

  @Test
  void asksForNoBodyOfWhoMayNotPush() {
    try (RawConnection connection = node.connect()) {
      connection.write(
          "POST /topic/t HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");

      assertThat(connection.read().status()).isEqualTo(401);
      assertThat(connection.isAtEnd()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 1\r\nTransfer-Encoding: chunked",
        "Content-Length: 1\r\nContent-Length: 2",
        "Content-Length: 1, 2",
        "Content-Length: -1",
        "Content-Length: +1",
        "Content-Length: 1x",
        "Content-Length: 99999999999999999999",
        "Content-Length : 1",
        "Content-Length: 1\r\n folded",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
        "X: a\u0000b",
        "\u0001X: a",
        "Host: y",
        "Authorization: Bearer x",
      })
  void refusesFramingThatCanBeReadInTwoWays(String headers) {
    try (RawConnection connection = node.connect()) {
      connection.write(push(headers) + "1");

      Answer answer = connection.read();

      assertThat(answer.status()).isBetween(400, 501);
      assertThat(answer.problem()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x\r\n", "-1\r\n", "1\r\n11", "FFFFFFFFFFFFFFFFFF\r\n"})
  void refusesABodyWhoseChunksAreNone(String chunk) {
    try (RawConnection connection = node.connect()) {
      connection.write(push("Transfer-Encoding: chunked") + chunk + "\r\n\r\n");

      assertThat(connection.read().status()).isEqualTo(400);
      assertThat(connection.isAtEnd()).isTrue();
    }
  }

  @Test
  void refusesHeadersThatAreTooLarge() {
    try (RawConnection connection = node.connect()) {
      connection.write(push("ce-large: " + "x".repeat(20_000) + "\r\nContent-Length: 1") + "1");

      Answer answer = connection.read();

      assertThat(answer.status()).isEqualTo(431);
      assertThat(answer.problem()).isNotEmpty();
    }
  }

  @Test
  void refusesVeryManyHeaders() {
    StringBuilder many = new StringBuilder();
    for (int n = 0; n < 5000; n++) {
      many.append("ce-").append(n).append(": 1\r\n");
    }
    try (RawConnection connection = node.connect()) {
      connection.write(push(many + "Content-Length: 1") + "1");

      assertThat(connection.read().status()).isEqualTo(431);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//topic/t",
        "/./topic/t",
        "/x/../topic/t",
        "/topic/../topic/t",
        "/topic/t/",
        "/topic//t",
        "/topic%2ft",
        "/topic\\t",
        "/TOPIC/t",
        "/topic/t%0d%0aX:y",
        "/user/a/queue/q/../../../b/queue/q",
        "/user/a%2Fqueue%2Fq/queue/q",
        "*",
        "topic/t",
      })
  void appendsNothingAtAnotherSpellingOfAPath(String path) {
    try (RawConnection connection = node.connect()) {
      connection.write(
          "POST "
              + path
              + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + token
              + "\r\nContent-Length: 1\r\n\r\n1");

      Answer answer = connection.read();

      assertThat(answer.status()).isBetween(400, 405);
      assertThat(answer.problem()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"in%2Fbox", "in%5cbox", "in%25box", "in;box", "in%3Bbox", "in%0Abox"})
  void saysWhichCharactersANameHasNot(String name) {
    for (String method : List.of("GET", "POST")) {
      try (RawConnection connection = node.connect()) {
        connection.write(
            method
                + " /user/carol/queue/"
                + name
                + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + node.token("service", "admin")
                + "\r\nContent-Length: 1\r\n\r\n1");

        Answer answer = connection.read();

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.problem())
            .containsAnyOf("character that no name may have", "A queue's name");
      }
    }
  }

  @Test
  void takesNoTokenFromTheAddress() {
    Answer answer = node.asNobody().post("/topic/t?access_token=" + token, "x");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text()).doesNotContain(token);
  }

  @Test
  void turnsAwayPagesOfOtherOrigins() {
    Answer answer =
        node.as("service", "push").header("Origin", "https://evil.example").post("/topic/t", "x");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.problem()).contains("origin");
  }

  @Test
  void appendsNothingWhereTheBodyDoesNotComeWhole() {
    try (RawConnection connection = node.connect()) {
      connection.write(push("/topic/cut", "Content-Length: 10") + "12345").finish();

      assertThat(connection.read().status()).isEqualTo(400);
    }
    assertThat(node.as("a", "").get("/topic/cut?after=0").text()).isEqualTo("[]");
  }

  private static String push(String headers) {
    return push("/topic/t", headers);
  }

  private static String push(String path, String headers) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
        + token
        + "\r\n"
        + headers
        + "\r\n\r\n";
  }
}
