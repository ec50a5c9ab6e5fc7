package io.belfry.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.RawHttp;
import io.belfry.RawHttp.Answer;
import io.belfry.TestNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Browsers' origins, as the whole node treats them.
class OriginIT {
  private static final String SECRET = "belfry.auth.secret=" + TestTokens.SECRET;
  private static final String USER = AccessIT.bearer(TestTokens.token("alice"));

  @TempDir private Path data;

  @Test
  void onlyTheSameOriginIsAllowedByItself() {
    try (TestNode node = node(SECRET)) {
      RawHttp http = new RawHttp(node.port());

      assertThat(http.get("/probe/caller", USER).status()).isEqualTo(200);
      Answer same = http.get("/probe/caller", USER, "Origin: http://localhost:" + node.port());
      assertThat(same.status()).isEqualTo(200);
      assertThat(same.header("Access-Control-Allow-Origin")).isNull();
      for (String origin : List.of("http://evil.example", "null", "http://localhost", "", "x")) {
        for (String path : List.of("/probe/caller", "/belfry.js", "/ws", "/mqtt")) {
          Answer answer = http.get(path, USER, "Origin: " + origin);
          assertThat(answer.status()).as(origin + path).isEqualTo(403);
          assertThat(answer.isProblem()).isTrue();
          assertThat(answer.body()).contains("belfry.allowed-origins");
          assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"belfry\"");
          assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
        }
      }
      assertThat(preflight(http, "http://evil.example", "GET", "authorization").status())
          .isEqualTo(403);
    }
  }

  @Test
  void anAllowedOriginGetsCors() {
    String origin = "https://app.example";
    try (TestNode node = node(SECRET, "belfry.allowed-origins=" + origin)) {
      RawHttp http = new RawHttp(node.port());

      Answer answer = http.get("/probe/caller", USER, "Origin: " + origin);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(origin);
      assertThat(answer.header("Access-Control-Expose-Headers"))
          .contains("Location", "Retry-After", "TTL");
      assertThat(answer.header("Access-Control-Allow-Credentials")).isNull();
      assertThat(answer.header("Vary")).contains("Origin");
      assertThat(http.get("/belfry.js").header("Vary")).contains("Origin");

      for (String path : List.of("/probe/failing", "/nothing", "/user/bob/queue/x")) {
        assertThat(http.get(path, USER, "Origin: " + origin).header("Access-Control-Allow-Origin"))
            .as("on an error of " + path)
            .isEqualTo(origin);
      }
      assertThat(http.get("/probe/caller", "Origin: " + origin).status()).isEqualTo(401);
      assertThat(http.get("/demo/token?user=a", "Origin: " + origin).status()).isEqualTo(403);
    }
  }

  @Test
  void aPreflightNeedsNoTokenAndNamesWhatAPushMayCarry() {
    String origin = "https://app.example";
    try (TestNode node = node(SECRET, "belfry.allowed-origins[0]=" + origin)) {
      RawHttp http = new RawHttp(node.port());
      Answer answer =
          preflight(
              http,
              origin,
              "POST",
              "authorization,content-type,idempotency-key,TTL,topic,urgency,last-event-id,"
                  + "ce-id,ce-type,traceparent,cookie,x-other");

      assertThat(answer.status()).isEqualTo(204);
      assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(origin);
      assertThat(answer.header("Access-Control-Allow-Methods")).contains("POST", "DELETE");
      assertThat(answer.header("Access-Control-Allow-Headers"))
          .isEqualTo(
              "authorization, ce-id, ce-type, content-type, idempotency-key, last-event-id, topic,"
                  + " traceparent, ttl, urgency");
      assertThat(answer.header("Vary")).contains("Origin", "Access-Control-Request-Headers");
    }
  }

  @Test
  void aStarIsForEveryoneButNull() {
    try (TestNode node = node(SECRET, "belfry.allowed-origins=*")) {
      RawHttp http = new RawHttp(node.port());
      Answer answer = http.get("/probe/caller", USER, "Origin: https://any.example");

      assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(http.get("/probe/caller", USER, "Origin: null").status()).isEqualTo(403);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "framework"})
  void behindAProxyTheForwardedHostIsTheOrigin(String strategy) {
    try (TestNode node = node(SECRET, "server.forward-headers-strategy=" + strategy)) {
      RawHttp http = new RawHttp(node.port());
      String[] forwarded = {"X-Forwarded-Proto: https", "X-Forwarded-Host: bell.example"};

      assertThat(
              http.get("/belfry.js", forwarded[0], forwarded[1], "Origin: https://bell.example")
                  .status())
          .isNotEqualTo(403);
      for (String origin : List.of("https://x.bell.example", "http://localhost:" + node.port())) {
        assertThat(http.get("/belfry.js", forwarded[0], forwarded[1], "Origin: " + origin).status())
            .isEqualTo(403);
      }
      assertThat(
              http.get(
                      "/belfry.js",
                      "Forwarded: host=bell.example;proto=https",
                      "Origin: https://bell.example")
                  .status())
          .isNotEqualTo(403);
    }
  }

  private TestNode node(String... settings) {
    return TestNode.startWithoutSecret(ProbeController.PROBES, data, settings);
  }

  private static Answer preflight(RawHttp http, String origin, String method, String headers) {
    return http.send(
        "OPTIONS",
        "/user/alice/queue/news",
        "",
        "Origin: " + origin,
        "Access-Control-Request-Method: " + method,
        "Access-Control-Request-Headers: " + headers);
  }
}
