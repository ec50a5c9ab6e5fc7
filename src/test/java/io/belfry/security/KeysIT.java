package io.belfry.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.belfry.RawHttp;
import io.belfry.RawHttp.Answer;
import io.belfry.TestNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Tokens of an identity provider, by Spring Boot's own settings.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeysIT {
  private static final String JWT = "spring.security.oauth2.resourceserver.jwt.";

  @TempDir private Path directory;
  private RSAKey key;
  private HttpServer issuer;
  private final AtomicInteger requests = new AtomicInteger();
  private volatile boolean isAway;

  @BeforeAll
  void makeKey() throws JOSEException {
    key = new RSAKeyGenerator(2048).keyID("k1").generate();
  }

  @BeforeEach
  void startIssuer() throws IOException {
    issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer("/keys", new JWKSet(key.toPublicJWK()).toString());
    answer(
        "/.well-known/openid-configuration",
        "{\"issuer\":\"" + url("") + "\",\"jwks_uri\":\"" + url("/keys") + "\"}");
    issuer.start();
  }

  @AfterEach
  void stopIssuer() {
    issuer.stop(0);
  }

  @Test
  void theKeysOfAnIssuerAreFetchedAndItsNameChecked() {
    try (TestNode node = node("issuer-uri=" + url(""), "audiences=belfry")) {
      assertThat(status(node, token(c -> c.issuer(url("")).audience("belfry")))).isEqualTo(200);
      assertThat(status(node, token(c -> c.issuer("http://other").audience("belfry"))))
          .isEqualTo(401);
      assertThat(status(node, token(c -> c.issuer(url("")).audience("other")))).isEqualTo(401);
      assertThat(status(node, token(c -> c.issuer(url(""))))).isEqualTo(401);
    }
  }

  @Test
  void keysThatCannotBeFetchedAreToldAndTriedAgain() {
    try (TestNode node = node("jwk-set-uri=" + url("/keys"))) {
      isAway = true;
      Answer answer = ask(node, token(c -> c));
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.isProblem()).isTrue();
      assertThat(answer.header("Retry-After")).isEqualTo("1");

      isAway = false;
      await().until(() -> status(node, token(c -> c)) == 200);
    }
  }

  @Test
  void anIssuerThatIsAwayIsNoReasonNotToStart() {
    isAway = true;
    try (TestNode node = node("issuer-uri=" + url(""))) {
      assertThat(status(node, token(c -> c.issuer(url(""))))).isEqualTo(503);
      isAway = false;
      await().until(() -> status(node, token(c -> c.issuer(url("")))) == 200);
    }
  }

  @Test
  void anIssuerThatDoesNotAnswerKeepsNobodyWaitingForLong() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        TestNode node = node("issuer-uri=http://127.0.0.1:" + mute.getLocalPort());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long start = System.nanoTime();
      List<Future<Integer>> all =
          threads.invokeAll(Collections.nCopies(8, () -> status(node, token(c -> c))));

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(all.stream().map(Future::resultNow)).containsOnly(503);
    }
  }

  @Test
  void anIssuerWhoseAnswerDoesNotEndKeepsNobodyWaitingForLong() throws Exception {
    CountDownLatch isOver = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        TestNode node = node("jwk-set-uri=" + url("/endless"))) {
      issuer.createContext("/endless", exchange -> threads.execute(() -> drip(exchange, isOver)));
      long start = System.nanoTime();

      assertThat(status(node, token(c -> c))).isEqualTo(503);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      isOver.countDown();
    }
  }

  @Test
  void tokensOfUnknownKeysAskTheIssuerOnceASecond() {
    try (TestNode node = node("jwk-set-uri=" + url("/keys"))) {
      assertThat(status(node, token(c -> c))).isEqualTo(200);
      int before = requests.get();
      long start = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        assertThat(status(node, token("made-up-" + i, "JWT", c -> c))).isEqualTo(401);
      }
      long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();

      assertThat(requests.get() - before).isLessThanOrEqualTo((int) seconds + 1);
    }
  }

  @Test
  void accessTokensOfRfc9068AreTakenAndOtherTypesNot() {
    try (TestNode node = node("jwk-set-uri=" + url("/keys"))) {
      assertThat(status(node, token("at+jwt", c -> c))).isEqualTo(200);
      assertThat(status(node, token("logout+jwt", c -> c))).isEqualTo(401);
    }
  }

  @Test
  void aPublicKeyIsNoSecretToSignWith() throws Exception {
    Path file = Files.writeString(directory.resolve("public.pem"), pem());
    try (TestNode node = node("public-key-location=file:" + file)) {
      assertThat(status(node, token(c -> c))).isEqualTo(200);

      String forged =
          TestTokens.sign(
              JWSAlgorithm.HS256,
              new MACSigner(Files.readAllBytes(file)),
              claims -> claims.subject("alice"));
      assertThat(status(node, forged)).isEqualTo(401);
    }
  }

  @Test
  void theUserAndTheScopesMayStandInOtherClaims() {
    try (TestNode node =
        node(
            "jwk-set-uri=" + url("/keys"),
            "principal-claim-name=email",
            "authorities-claim-name=roles",
            "authority-prefix=ROLE_")) {
      String token = token(c -> c.claim("email", "a@b.example").claim("roles", List.of("push")));

      Tokens tokens = node.bean(Tokens.class);
      assertThat(tokens.verify(token)).matches(caller -> caller.user().equals("a@b.example"));
      assertThat(tokens.verify(token)).matches(Caller::mayPush);
      assertThatExceptionOfType(TokenRefusedException.class)
          .isThrownBy(() -> tokens.verify(token(c -> c.claim("roles", "push"))));
    }
  }

  private TestNode node(String... settings) {
    return TestNode.startWithoutSecret(
        ProbeController.PROBES,
        directory.resolve("data"),
        Stream.of(settings).map(JWT::concat).toArray(String[]::new));
  }

  private static int status(TestNode node, String token) {
    return ask(node, token).status();
  }

  private static Answer ask(TestNode node, String token) {
    return new RawHttp(node.port()).get("/probe/caller", AccessIT.bearer(token));
  }

  private String token(UnaryOperator<JWTClaimsSet.Builder> claims) {
    return token("JWT", claims);
  }

  private String token(String type, UnaryOperator<JWTClaimsSet.Builder> claims) {
    return token("k1", type, claims);
  }

  private String token(String keyId, String type, UnaryOperator<JWTClaimsSet.Builder> claims) {
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .keyID(keyId)
            .type(new JOSEObjectType(type))
            .build();
    try {
      return TestTokens.sign(
          header, new RSASSASigner(key), hour -> claims.apply(hour.subject("alice")));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private String pem() throws JOSEException {
    String base64 = Base64.getMimeEncoder().encodeToString(key.toRSAPublicKey().getEncoded());
    return "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n";
  }

  private String url(String path) {
    return "http://127.0.0.1:" + issuer.getAddress().getPort() + path;
  }

  private static void drip(HttpExchange exchange, CountDownLatch isOver) {
    try (exchange) {
      exchange.sendResponseHeaders(200, 0);
      OutputStream body = exchange.getResponseBody();
      do {
        body.write(' ');
        body.flush();
      } while (!isOver.await(100, TimeUnit.MILLISECONDS));
    } catch (IOException | InterruptedException gone) {
      isOver.countDown();
    }
  }

  private void answer(String path, String json) {
    byte[] bytes = json.getBytes(UTF_8);
    issuer.createContext(
        path,
        exchange -> {
          requests.incrementAndGet();
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(isAway ? 500 : 200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }
}
