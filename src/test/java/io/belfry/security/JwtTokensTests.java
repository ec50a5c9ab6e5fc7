package io.belfry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;

@ExtendWith(OutputCaptureExtension.class)
class JwtTokensTests {
  private final AtomicInteger decoded = new AtomicInteger();
  private final SettableClock clock = new SettableClock();
  private final JwtTokens tokens = tokens(TokensConfiguration.decoder(TestTokens.SECRET));

  @Test
  void aGoodTokenNamesItsUserAndItsEnd() {
    Instant end = Instant.now().plusSeconds(100).truncatedTo(ChronoUnit.SECONDS);
    Caller caller = tokens.verify(expiring(end));

    assertThat(caller).isEqualTo(new Caller("alice", false, false, end));
  }

  @Test
  void scopesAreReadFromScopeAndScpAsStringsAndArrays() {
    assertThat(tokens.verify(TestTokens.token("s", "push")).mayPush()).isTrue();
    assertThat(tokens.verify(TestTokens.token("s", "read push")).mayPush()).isTrue();
    assertThat(tokens.verify(TestTokens.token("s", "pushy push2")).mayPush()).isFalse();
    assertThat(mayPushWith("scope", List.of("x", "push"))).isTrue();
    assertThat(mayPushWith("scp", "push")).isTrue();
    assertThat(mayPushWith("scp", List.of("push"))).isTrue();
    assertThat(mayPushWith("scp", List.of("read"))).isFalse();
  }

  @Test
  void scopesThatAreNoStringsAreRefusedAndToldSo() {
    assertRefused(
        TestTokens.token(claims -> claims.subject("s").claim("scope", List.of("push", 5))),
        "scopes are not strings");
    assertThat(mayPushWith("scope", 5)).isFalse();
  }

  @Test
  void adminIncludesPushAndNotTheReverse() {
    assertThat(tokens.verify(TestTokens.token("s", "admin")))
        .matches(caller -> caller.isAdmin() && caller.mayPush());
    assertThat(tokens.verify(TestTokens.token("s", "push"))).matches(caller -> !caller.isAdmin());
  }

  @Test
  void aTokenWithoutAnEndNeverEnds() {
    String token = TestTokens.token(claims -> claims.subject("alice").expirationTime(null));

    assertThat(tokens.verify(token).expires()).isEqualTo(Instant.MAX);
  }

  @Test
  void clocksMayDifferByAMinuteAndNoMore() {
    assertRefused(expiring(Instant.now().minusSeconds(62)), "expired");
    assertThat(tokens.verify(expiring(Instant.now().minusSeconds(30))).expires())
        .isAfter(Instant.now());
    assertRefused(startingIn(62), "not valid yet");
    assertThat(tokens.verify(startingIn(30)).user()).isEqualTo("alice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "queue", ".", "..", "a/b", "a b", "ä", "a%40b", "\u0000"})
  void aUserThatIsNoNameIsRefusedAndToldSo(String user) {
    assertRefused(TestTokens.token(user), "'sub'");
  }

  @Test
  void aTokenWithoutAUserIsRefusedAndToldSo() {
    assertRefused(TestTokens.token(claims -> claims.claim("x", "y")), "'sub' is missing");
  }

  @Test
  void anotherClaimThatNamesTheUserIsToldByItsName() {
    JwtTokens others = tokens(TokensConfiguration.decoder(TestTokens.SECRET), "email");

    assertThat(others.verify(emailed("al@x.org")).user()).isEqualTo("al@x.org");
    assertThatExceptionOfType(TokenRefusedException.class)
        .isThrownBy(() -> others.verify(emailed("al x")))
        .withMessageContaining("'email' cannot be a user");
    assertThatExceptionOfType(TokenRefusedException.class)
        .isThrownBy(() -> others.verify(TestTokens.token("alice")))
        .withMessageContaining("'email' is missing");
  }

  @Test
  void allCharactersOfANameAreTaken() {
    String user = "Aa0._-@:|+=~".repeat(10) + "12345678";
    assertThat(tokens.verify(TestTokens.token(user)).user()).isEqualTo(user).hasSize(128);
    assertRefused(TestTokens.token(user + "9"), "'sub'");
  }

  @Test
  void whatIsNotSignedAsConfiguredIsRefused() throws JOSEException {
    String longSecret = TestTokens.SECRET.repeat(2);
    JwtTokens others = tokens(TokensConfiguration.decoder(longSecret));
    JWTClaimsSet claims = new JWTClaimsSet.Builder().subject("alice").build();
    var rsa = new RSASSASigner(new RSAKeyGenerator(2048).generate());

    assertRefused(new PlainJWT(claims).serialize(), "not signed");
    assertRefused(TestTokens.sign(JWSAlgorithm.RS256, rsa, c -> c.subject("alice")), "not signed");
    assertRefused(
        TestTokens.sign(
            JWSAlgorithm.HS256, TestTokens.signer("x".repeat(32)), c -> c.subject("alice")),
        "not signed");
    for (JWSAlgorithm algorithm : List.of(JWSAlgorithm.HS384, JWSAlgorithm.HS512)) {
      String token =
          TestTokens.sign(algorithm, TestTokens.signer(longSecret), c -> c.subject("alice"));
      assertThatExceptionOfType(TokenRefusedException.class).isThrownBy(() -> others.verify(token));
    }
  }

  @Test
  void aChangedTokenIsRefused() {
    String[] parts = TestTokens.token("alice").split("\\.", -1);
    String[] other = TestTokens.token("mallory", "admin").split("\\.", -1);

    assertRefused(parts[0] + "." + other[1] + "." + parts[2], "not signed");
    assertRefused(parts[0] + "." + parts[1] + ".", "not signed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a.b.c", "....", "e30.e30.", "eyJhbGciOiJIUzI1NiJ9..x"})
  void whatIsNoTokenIsRefused(String text) {
    assertRefused(text, "not a JWT");
  }

  @Test
  void aHugeTokenIsRefusedUnread() {
    assertRefused("x".repeat(8193), "8 KB");
    assertThat(decoded).hasValue(0);
    assertRefused("x".repeat(8192), "not a JWT");
  }

  @Test
  void accessTokensOfRfc9068AreTaken() {
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.HS256).type(new JOSEObjectType("at+jwt")).build();
    String token =
        TestTokens.sign(header, TestTokens.signer(TestTokens.SECRET), c -> c.subject("alice"));

    assertThat(tokens.verify(token).user()).isEqualTo("alice");
  }

  @Test
  void aTokenThatWasAcceptedIsRememberedForAMinuteAtMost() {
    String token = TestTokens.token("alice");
    tokens.verify(token);
    tokens.verify(new String(token.toCharArray()));
    assertThat(decoded).hasValue(1);

    clock.advance(Duration.ofSeconds(61));
    tokens.verify(token);
    assertThat(decoded).hasValue(2);
  }

  @Test
  void aTokenIsNotRememberedBeyondItsEnd() {
    String token = expiring(Instant.now().plusSeconds(20));
    tokens.verify(token);
    clock.advance(Duration.ofSeconds(21));
    tokens.verify(token);

    assertThat(decoded).hasValue(2);
  }

  @Test
  void aRefusalIsNotRemembered() {
    assertRefused("a.b.c", "not a JWT");
    assertRefused("a.b.c", "not a JWT");

    assertThat(decoded).hasValue(2);
  }

  @Test
  void keysThatCannotBeFetchedAreNoFaultOfTheToken() {
    JwtTokens unlucky =
        tokens(_ -> {
          throw new JwtException("Couldn't retrieve remote JWK set");
        });

    assertThatExceptionOfType(KeysUnavailableException.class)
        .isThrownBy(() -> unlucky.verify(TestTokens.token("alice")));
  }

  @Test
  void whyKeysCannotBeFetchedIsSaidOnceAMinute(CapturedOutput output) {
    JwtTokens unlucky =
        tokens(_ -> {
          throw new JwtException("Connection refused, said try " + decoded);
        });
    for (Duration later : List.of(Duration.ZERO, Duration.ofSeconds(59), Duration.ofSeconds(2))) {
      clock.advance(later);
      assertThatExceptionOfType(KeysUnavailableException.class)
          .isThrownBy(() -> unlucky.verify("x"));
    }

    assertThat(output).contains("said try 1", "said try 3").doesNotContain("said try 2");
  }

  private void assertRefused(String token, String sentence) {
    assertThatThrownBy(() -> tokens.verify(token))
        .isInstanceOf(TokenRefusedException.class)
        .hasMessageContaining(sentence);
  }

  private boolean mayPushWith(String claim, Object value) {
    return tokens
        .verify(TestTokens.token(claims -> claims.subject("s").claim(claim, value)))
        .mayPush();
  }

  private static String expiring(Instant end) {
    return TestTokens.token(claims -> claims.subject("alice").expirationTime(Date.from(end)));
  }

  private static String emailed(String email) {
    return TestTokens.token(claims -> claims.subject("alice").claim("email", email));
  }

  private static String startingIn(int seconds) {
    return TestTokens.token(claims ->
        claims.subject("alice").notBeforeTime(Date.from(Instant.now().plusSeconds(seconds))));
  }

  private JwtTokens tokens(JwtDecoder decoder) {
    return tokens(decoder, "sub");
  }

  private JwtTokens tokens(JwtDecoder decoder, String userClaim) {
    JwtDecoder counting =
        token -> {
          decoded.incrementAndGet();
          return decoder.decode(token);
        };
    JwtAuthenticationConverter converter = new JwtAuthenticationConverter();
    converter.setPrincipalClaimName(userClaim);
    return new JwtTokens(counting, converter, userClaim, "SCOPE_", clock);
  }

  private static final class SettableClock extends Clock {
    private Duration ahead = Duration.ZERO;

    void advance(Duration by) {
      ahead = ahead.plus(by);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
    }
  }
}
