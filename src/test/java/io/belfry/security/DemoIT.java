package io.belfry.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.RawHttp;
import io.belfry.RawHttp.Answer;
import io.belfry.TestNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
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

/// A node without authentication: tokens for whoever is on this machine, and for nobody else.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoIT {
  @TempDir private static Path data;
  private TestNode node;
  private RawHttp http;

  @BeforeAll
  void start() {
    node = TestNode.startWithoutSecret(ProbeController.PROBES, data);
    http = new RawHttp(node.port());
  }

  @AfterAll
  void stop() {
    node.close();
  }

  @Test
  void thePageGetsATokenOfWhomItAsksFor() {
    assertThat(http.get("/probe/caller", bearer("user=alice")).body()).contains("alice");
    assertThat(http.get("/dead-letters", bearer("user=svc&scope=push")).status()).isEqualTo(403);
    assertThat(http.get("/dead-letters", bearer("user=op&scope=admin")).status()).isNotEqualTo(403);
  }

  @Test
  void theTokenIsNotToBeStored() {
    assertThat(http.get("/demo/token?user=alice").header("Cache-Control")).isEqualTo("no-store");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?user=", "?user=queue", "?user=a%20b", "?user=alice&scope=root"})
  void whatIsNoUserGetsNone(String query) {
    Answer answer = http.get("/demo/token" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.isProblem()).isTrue();
  }

  @Test
  void pagesOfOthersGetNone() {
    String path = "/demo/token?user=alice";
    String own = "Origin: http://localhost:" + node.port();

    assertThat(http.get(path, "Sec-Fetch-Site: same-origin", own).status()).isEqualTo(200);
    assertThat(http.get(path, "Sec-Fetch-Site: none").status()).isEqualTo(200);
    for (String site : List.of("cross-site", "same-site")) {
      assertThat(http.get(path, "Sec-Fetch-Site: " + site).status()).isEqualTo(403);
    }
    assertThat(http.get(path, "Origin: http://localhost:3000").status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "localhost:8080", "LocalHost:1", "127.0.0.1:9", "[::1]:9"})
  void namesOfThisMachineAreAnswered(String host) {
    assertThat(http.get("/demo/token?user=a", "Host: " + host).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "evil.localhost",
        "localhost.",
        "127.0.0.1.evil.example",
        "127.0.0.2",
        "0.0.0.0",
        "[::]",
        "localhost:8080.evil.example"
      })
  void anotherHostIsNot(String host) {
    for (String path : List.of("/", "/demo/token?user=a", "/ws", "/user/alice/queue/x")) {
      Answer answer = http.get(path, "Host: " + host);
      assertThat(answer.status()).isIn(400, 403);
      assertThat(answer.isProblem()).isTrue();
    }
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void aMalformedHostWritesNothingToTheLog(CapturedOutput output) {
    assertThat(http.get("/", "Host: localhost:8080.evil.example").status()).isEqualTo(400);
    String several = "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n";
    assertThat(http.raw(several).status()).isEqualTo(400);
    assertThat(output).doesNotContain("evil.example");
  }

  @Test
  void whoIsNotAnsweredIsToldWhatLiftsThat() {
    assertThat(http.get("/", "Host: bell.example").body()).contains("belfry.auth.secret");
  }

  @Test
  void aHostInTheRequestLineCountsToo() {
    String rest = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    assertThat(http.raw("GET http://evil.example/demo/token?user=a" + rest).status())
        .isIn(400, 403);
    assertThat(http.raw("GET http://localhost/demo/token?user=a" + rest).status()).isEqualTo(200);
  }

  @Test
  void healthIsAnsweredToAnyHost() {
    assertThat(http.get("/actuator/health/liveness", "Host: 10.0.0.7:8080").status())
        .isEqualTo(200);
    assertThat(http.raw("GET /actuator/health/liveness HTTP/1.0\r\n\r\n").status()).isEqualTo(200);
    assertThat(http.raw("GET / HTTP/1.0\r\n\r\n").status()).isEqualTo(403);
    assertThat(http.get("/actuator/healthy", "Host: 10.0.0.7:8080").status()).isEqualTo(403);
    assertThat(http.get("/actuator/health/../../demo/token", "Host: x.example").status())
        .isIn(400, 403);
  }

  @Test
  void aManagementPortOfItsOwnAnswersTheSameHosts() {
    try (TestNode node =
        TestNode.startWithoutSecret(data.resolve("management"), "management.server.port=0")) {
      RawHttp management = new RawHttp(node.managementPort());
      String metrics = "/actuator/prometheus";

      assertThat(management.get(metrics, "Host: localhost:9").status()).isEqualTo(200);
      assertThat(management.get(metrics, "Host: evil.example").status()).isEqualTo(403);
      assertThat(management.get("/actuator/health", "Host: 10.0.0.7:9").status()).isEqualTo(200);
    }
  }

  @Test
  void aForgedForwardedHostDoesNotHelp() {
    try (TestNode behindProxy =
        TestNode.startWithoutSecret(
            data.resolve("proxy"), "server.forward-headers-strategy=native")) {
      RawHttp raw = new RawHttp(behindProxy.port());
      String path = "/demo/token?user=a";

      assertThat(raw.get(path, "Host: evil.example", "X-Forwarded-Host: localhost").status())
          .isEqualTo(403);
      assertThat(raw.get(path, "X-Forwarded-Host: evil.example").status()).isEqualTo(403);
      assertThat(raw.get(path, "X-Forwarded-Host: localhost:8080").status()).isEqualTo(200);
    }
  }

  @Test
  void namesOfThisMachineAreAnsweredOverHttp2() throws Exception {
    try (TestNode node =
            TestNode.startWithoutSecret(data.resolve("http2"), "server.http2.enabled=true");
        HttpClient client = HttpClient.newBuilder().version(Version.HTTP_2).build()) {
      URI page = URI.create("http://localhost:" + node.port() + "/");
      // The first answer is still to HTTP/1.1, which offers more.
      client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.discarding());
      var answer = client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.discarding());

      assertThat(answer.version()).isEqualTo(Version.HTTP_2);
      assertThat(answer.statusCode()).isEqualTo(200);
    }
  }

  private String bearer(String query) {
    String json = http.get("/demo/token?" + query).body();
    return AccessIT.bearer(json.replaceAll("(?s).*\"token\":\"([^\"]+)\".*", "$1"));
  }
}
