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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may ask for what, and how the others are told.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessIT {
  private static final String NOBODY = "Accept: */*";
  private static final String USER = bearer(TestTokens.token("alice"));
  private static final String PUSHER = bearer(TestTokens.token("svc", "push"));
  private static final String ADMIN = bearer(TestTokens.token("op", "admin"));

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
  @CsvSource({
    "POST, /user/bob/queue/news, push",
    "POST, /topic/news, push",
    "POST, /messages, push",
    "GET, /user/bob/queue/news/1, push",
    "HEAD, /user/bob/queue/news/1, push",
    "DELETE, /user/bob/queue/news/1, push",
    "GET, /topic/news/1, push",
    "DELETE, /topic/news/1, push",
    "GET, /topic/belfry.nodes, admin",
    "GET, /topic/%62elfry%2Enodes, admin",
    "HEAD, /topic/belfry.nodes, admin",
    "POST, /topic/belfry.nodes/ack, admin",
    "DELETE, /topic/belfry.nodes/1, admin",
    "GET, /user/bob, push",
    "HEAD, /user/bob, push",
    "GET, /user/bob/queue/news, admin",
    "HEAD, /user/bob/queue/news, admin",
    "DELETE, /user/bob/sessions, admin",
    "GET, /dead-letters, admin",
    "POST, /dead-letters/1/redeliver, admin",
    "GET, /actuator/prometheus, admin",
    "HEAD, /actuator/prometheus, admin"
  })
  void aScopeIsAskedFor(String method, String path, String scope) {
    String challenge = "Bearer error=\"insufficient_scope\", scope=\"" + scope + '"';

    assertThat(http.send(method, path, "", NOBODY).status()).isEqualTo(401);
    Answer denied = http.send(method, path, "", USER);
    assertThat(denied.status()).isEqualTo(403);
    assertThat(denied.header("WWW-Authenticate")).isEqualTo(challenge);
    if (scope.equals("admin")) {
      assertThat(http.send(method, path, "", PUSHER).status()).isEqualTo(403);
    } else {
      assertThat(http.send(method, path, "", PUSHER).status()).isNotIn(401, 403);
    }
    assertThat(http.send(method, path, "", ADMIN).status()).isNotIn(401, 403);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /user/queue/news",
    "POST, /user/queue/news/ack",
    "GET, /topic/news",
    "POST, /topic/news/ack",
    "GET, /nothing/here",
    "PUT, /user/bob"
  })
  void aTokenIsEnough(String method, String path) {
    Answer answer = http.send(method, path, "", NOBODY);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"belfry\"");
    assertThat(answer.isProblem()).isTrue();
    assertThat(http.send(method, path, "", USER).status()).isNotIn(401, 403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/console",
        "/belfry.js",
        "/belfry.d.ts",
        "/belfry.tgz",
        "/openapi",
        "/webjars/x.js",
        "/demo/token",
        "/actuator/health/liveness",
        "/actuator/health/readiness",
        "/actuator/health"
      })
  void pagesAndHealthAreOpen(String path) {
    assertThat(http.get(path).status()).isNotIn(401, 403, 500);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/console", "/belfry.js"})
  void aPageIsGivenWhateverIsAccepted(String path) {
    assertThat(http.get(path, "Accept: application/json").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/actuator/env", "/actuator/heapdump", "/actuator/info", "/actuator"})
  void otherEndpointsAreNotThere(String path) {
    assertThat(http.get(path).status()).isEqualTo(401);
    assertThat(http.get(path, ADMIN).status()).isEqualTo(404);
  }

  @Test
  void withAuthenticationThereIsNoDemoLogin() {
    Answer answer = http.get("/demo/token?user=alice");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.isProblem()).isTrue();
  }

  @Test
  void aControllerSeesTheCaller() {
    assertThat(http.get("/probe/caller", USER).body()).contains("alice");
    assertThat(http.get("/probe/later", USER).body()).contains("alice");
  }

  @Test
  void aRefusedTokenIsToldWhy() {
    Answer answer = http.get("/probe/caller", "Authorization: Bearer a.b.c");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.isProblem()).isTrue();
    assertThat(answer.header("WWW-Authenticate"))
        .startsWith("Bearer error=\"invalid_token\", error_description=\"The token is not a JWT");
    assertThat(http.get("/", "Authorization: Bearer a.b.c").status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/user/bob",
        "/user/bob/queue/news",
        "/user/queue/news",
        "/topic/news",
        "/dead-letters",
        "/actuator/prometheus"
      })
  void aTokenInTheAddressIsForEventStreamsAlone(String path) {
    String withToken = path + "?access_token=" + TestTokens.token("op", "admin");

    for (String accept : List.of("*/*", "application/json, text/event-stream")) {
      Answer answer = http.get(withToken, "Accept: " + accept);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("Cache-Control")).contains("no-store");
    }
    assertThat(http.send("POST", withToken, "", "Accept: text/event-stream").status())
        .isEqualTo(401);
  }

  @Test
  void twoTokensNameTheSameUser() {
    String path = "/user/queue/news?access_token=" + TestTokens.token("alice", "x");

    Answer answer = http.get(path, "Accept: text/event-stream", PUSHER);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("Cache-Control")).contains("no-store");
    assertThat(answer.body()).contains("different users").doesNotContain("eyJ");
  }

  @Test
  void aTokenInAFormIsNotTaken() {
    Answer answer =
        http.send(
            "POST",
            "/user/bob",
            "access_token=" + TestTokens.token("op", "admin"),
            "Content-Type: application/x-www-form-urlencoded");

    assertThat(answer.status()).isEqualTo(401);
  }

  @Test
  void twoAuthorizationsAreMalformed() {
    assertThat(http.get("/probe/caller", USER, ADMIN).status()).isEqualTo(400);
  }

  @Test
  void anAnswerSaysNothingOfItsServerAndKeepsNoSession() {
    Answer answer = http.get("/probe/caller", USER);

    assertThat(answer.headers()).doesNotContainKeys("server", "x-powered-by", "set-cookie");
    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
    assertThat(answer.header("Content-Security-Policy")).contains("default-src 'self'");
    assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(answer.header("Cache-Control")).contains("no-store");
  }

  @Test
  void whatFailsIsAProblemWithoutDetails() {
    for (String path : List.of("/probe/failing", "/probe/away", "/probe/number?number=x")) {
      Answer answer = http.get(path, USER, "Accept: text/html");
      assertThat(answer.isProblem()).as(path).isTrue();
      assertThat(answer.body()).doesNotContain("nobody must see", "Exception");
    }
    assertThat(http.get("/probe/failing", USER).status()).isEqualTo(500);
    assertThat(http.get("/probe/away", USER).header("Retry-After")).isEqualTo("1");
    assertThat(http.get("/probe/number?number=x", USER).status()).isEqualTo(400);
    Answer missing = http.get("/probe/number", USER);
    assertThat(missing.status()).isEqualTo(400);
    assertThat(missing.body()).contains("parameter 'number'");
  }

  @Test
  void anUnknownAddressIsNotFoundAndAWrongMethodNotAllowed() {
    Answer unknown = http.get("/nothing/here", USER);
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.isProblem()).isTrue();

    Answer wrong = http.send("PUT", "/probe/caller", "", USER);
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.header("Allow")).isEqualTo("GET");
    assertThat(wrong.isProblem()).isTrue();
  }

  @Test
  void aManagementPortOfItsOwnIsOpenButForWhatElseIsExposed() {
    try (TestNode apart =
        TestNode.startWithoutSecret(
            data.resolve("apart"),
            "management.server.port=0",
            "management.endpoints.web.exposure.include=*",
            "management.endpoint.env.access=read-only",
            "belfry.auth.secret=" + TestTokens.SECRET)) {
      RawHttp management = new RawHttp(apart.managementPort());
      assertThat(management.get("/actuator/prometheus").status()).isEqualTo(200);
      assertThat(management.get("/actuator/health/readiness").status()).isEqualTo(200);
      assertThat(management.get("/actuator/env", USER).status()).isEqualTo(403);
      assertThat(management.get("/actuator/env", ADMIN).status()).isEqualTo(200);
      assertThat(management.get("/user/bob").status()).isEqualTo(401);
      assertThat(new RawHttp(apart.port()).get("/actuator/prometheus").status()).isEqualTo(404);
    }
  }

  static String bearer(String token) {
    return "Authorization: Bearer " + token;
  }
}
