package io.belfry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.belfry.settings.InvalidSettingException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

class AuthModeTests {
  private static final String JWT = "spring.security.oauth2.resourceserver.jwt.";
  private static final String SECRET = "belfry.auth.secret";
  private static final String LONG_ENOUGH = "x".repeat(32);

  private final MockEnvironment environment = new MockEnvironment();

  @Test
  void nothingConfiguredIsADemo() {
    assertThat(AuthMode.of(environment)).isEqualTo(AuthMode.DEMO);
  }

  @Test
  void anEmptySecretIsNone() {
    assertThat(AuthMode.of(environment.withProperty(SECRET, ""))).isEqualTo(AuthMode.DEMO);
  }

  @Test
  void aSecretIsCountedInBytes() {
    assertThat(AuthMode.of(environment.withProperty(SECRET, LONG_ENOUGH)))
        .isEqualTo(AuthMode.SECRET);
    assertThat(AuthMode.of(environment.withProperty(SECRET, "ä".repeat(16))))
        .isEqualTo(AuthMode.SECRET);
    environment.setProperty(SECRET, "x".repeat(31));
    assertRefused(SECRET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"issuer-uri", "jwk-set-uri", "public-key-location"})
  void keysOfSpringAreTaken(String name) {
    environment.setProperty(JWT + name, "https://id.example/one");
    assertThat(AuthMode.of(environment)).isEqualTo(AuthMode.KEYS);

    environment.setProperty(SECRET, LONG_ENOUGH);
    assertRefused(JWT + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"id.example/one", "https:/id.example", "ftp://id.example", "https://"})
  void whatIsNoAddressOfKeysIsRefused(String address) {
    for (String name : List.of("issuer-uri", "jwk-set-uri")) {
      environment.setProperty(JWT + name, address);
      assertRefused(JWT + name);
      environment.setProperty(JWT + name, "");
    }
  }

  @Test
  void audiencesNeedAKeyAndGoWithNoSecret() {
    environment.setProperty(JWT + "audiences[0]", "belfry");
    assertRefused("audiences");
    environment.setProperty(SECRET, LONG_ENOUGH);
    assertRefused("audiences");
  }

  @Test
  void opaqueTokensAreNoDemo() {
    environment.setProperty(
        "spring.security.oauth2.resourceserver.opaquetoken.introspection-uri", "http://x");
    assertRefused("JWT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "::1", "127.0.0.2", ""})
  void aDemoMayListenOnThisMachine(String address) {
    environment.setProperty("server.address", address);
    assertThat(AuthMode.of(environment)).isEqualTo(AuthMode.DEMO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void aDemoMayNotListenElsewhereUnlessSaidSo(String address) {
    environment.setProperty("server.address", address);
    assertRefused("server.address");

    environment.setProperty("belfry.demo", "true");
    assertThat(AuthMode.of(environment)).isEqualTo(AuthMode.DEMO);
  }

  @Test
  void aRefusalSaysWhatToSet() {
    environment.setProperty("server.address", "0.0.0.0");
    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(() -> AuthMode.of(environment))
        .satisfies(refusal ->
            assertThat(refusal.remedy()).contains("BELFRY_AUTH_SECRET", "BELFRY_DEMO=true"));
  }

  @Test
  void authenticationBeatsTheDemo() {
    environment.withProperty("belfry.demo", "true").withProperty(SECRET, LONG_ENOUGH);
    assertThat(AuthMode.of(environment)).isEqualTo(AuthMode.SECRET);
  }

  @Test
  void noDemoAndNoAuthenticationDoesNotStart() {
    environment.setProperty("belfry.demo", "false");
    assertRefused("belfry.demo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
  void aDemoThatIsNeitherTrueNorFalseIsToldSo(String address) {
    environment.withProperty("belfry.demo", "maybe").withProperty("server.address", address);
    assertRefused("belfry.demo is 'maybe': it must be true or false.");
  }

  private void assertRefused(String named) {
    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(() -> AuthMode.of(environment))
        .withMessageContaining(named);
  }
}
