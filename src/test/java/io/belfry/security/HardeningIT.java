package io.belfry.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.RawHttp;
import io.belfry.RawHttp.Answer;
import io.belfry.TestNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// What somebody sends who means no good, or cannot do better.
@ExtendWith(OutputCaptureExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HardeningIT {
  private static final String ADMIN = AccessIT.bearer(TestTokens.token("op", "admin"));

  @TempDir private static Path data;
  private TestNode node;
  private RawHttp http;

  @BeforeAll
  void start() {
    node =
        TestNode.startWithoutSecret(
            ProbeController.PROBES, data, "belfry.auth.secret=" + TestTokens.SECRET);
    http = new RawHttp(node.port());
  }

  @AfterAll
  void stop() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/user/a%2Fb/queue/x",
        "/user/a%2fb",
        "/user/%2e%2e/queue/x",
        "/user/%2E%2E",
        "/user/.%2e",
        "/user/../actuator/prometheus",
        "/user/./alice",
        "/user/a%00",
        "/user/a%2540b",
        "/user/a%252Fb",
        "/user/alice;x=y",
        "/user;x/alice",
        "/user/alice%3Bx",
        "//user/alice",
        "/user//alice",
        "/user/a|b",
        "/user/a%zz",
        "/user/a%2",
        "/user/%",
        "/user/a%c0%ae",
        "/user/a%0d%0ab",
        "/user/a%5Cb",
        "/user/a\\b",
        "/user/queue/news?device=%",
        "/user/queue/news?after=%zz",
        "/user/queue/news?x=%ff",
        "/topic/news?device=%c3",
        "/dead-letters?limit=%c0%ae"
      })
  void aHostileAddressIsMalformed(String path) {
    Answer answer = http.get(path, ADMIN);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.isProblem()).isTrue();
    assertThat(answer.body()).doesNotContain(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/user/a%7Cb",
        "/user/a%2Bb",
        "/user/a+b",
        "/user/a%40b.example",
        "/user/a@b.example",
        "/user/a%3Ab",
        "/user/a:b",
        "/user/a=b~c",
        "/user/a%3Db%7Ec",
        "/user/a%2Eb",
        "/user/%61lice"
      })
  void aNameMayBeEncoded(String path) {
    assertThat(http.get(path, ADMIN).status()).isIn(200, 404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRACE", "CONNECT", "FOO", "get"})
  void anOddMethodIsAProblem(String method) {
    Answer answer = http.send(method, "/user/alice", "", ADMIN);

    assertThat(answer.status()).isIn(400, 405, 501);
    assertThat(answer.isProblem()).isTrue();
    assertThat(answer.body()).doesNotContain("eyJ");
  }

  @Test
  void headersThatAreTooLargeAreAProblem() {
    Answer answer = http.get("/", "X-Large: " + "a".repeat(20_000));

    assertThat(answer.status()).isEqualTo(431);
    assertThat(answer.isProblem()).isTrue();
  }

  @Test
  void anAddressThatIsTooLongIsAProblem() {
    Answer answer = http.get("/" + "a".repeat(20_000));

    assertThat(answer.status()).isIn(414, 431);
    assertThat(answer.isProblem()).isTrue();
  }

  @Test
  void aTokenOfEightKilobytesIsReadAndALongerOneRefused() {
    String long8 =
        TestTokens.token(claims -> claims.subject("alice").claim("x", "y".repeat(5_800)));
    assertThat(long8.length()).isBetween(7_800, 8_192);
    assertThat(http.get("/probe/caller", AccessIT.bearer(long8)).status()).isEqualTo(200);
    assertThat(http.get("/probe/caller", AccessIT.bearer("a".repeat(9_000))).status())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX y: z\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"
      })
  void aRequestThatIsNoHttpIsMalformed(String request) {
    Answer answer = http.raw(request);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.isProblem()).isTrue();
  }

  @Test
  void whatTheErrorPageWouldSayIsNotToBeHadByAsking() {
    assertThat(http.get("/error").status()).isEqualTo(401);
    assertThat(http.get("/error", ADMIN).status()).isEqualTo(404);
  }

  @Test
  void aTokenInTheAddressIsInNoLogWhateverFails(CapturedOutput output) {
    String token = TestTokens.token("alice");
    for (String path : List.of("/probe/failing", "/probe/door", "/probe/caller", "/user/a%2Fb")) {
      Answer answer = http.get(path + "?access_token=" + token, ADMIN);
      assertThat(answer.body()).doesNotContain(token, "nobody must see");
      assertThat(answer.status()).isNotEqualTo(401);
    }
    assertThat(output.getAll()).contains("a detail that nobody must see").doesNotContain(token);
  }

  @Test
  void aFailingDoorIsAProblem() {
    Answer answer = http.get("/probe/door");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.isProblem()).isTrue();
    assertThat(answer.body()).doesNotContain("nobody must see");
  }

  @Test
  void forwardedHeadersOfAnyoneAreNotBelieved() {
    Answer answer =
        http.get("/belfry.js", "Origin: http://evil.example", "X-Forwarded-Host: evil.example");

    assertThat(answer.status()).isEqualTo(403);
  }
}
