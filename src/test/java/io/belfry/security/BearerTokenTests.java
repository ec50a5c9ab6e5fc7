package io.belfry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.belfry.core.log.InvalidInputException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BearerTokenTests {
  /// Its tokens are `user` or `user.anything`.
  private final Tokens tokens =
      token -> {
        if (token.startsWith("bad")) {
          throw new TokenRefusedException("bad");
        }
        return new Caller(token.split("\\.", -1)[0], false, false, Instant.MAX);
      };

  @ParameterizedTest
  @ValueSource(strings = {"Bearer abc", "bearer abc", "BEARER   abc", "  Bearer abc "})
  void theSchemeIsReadInAnyCase(String value) {
    assertThat(BearerToken.inHeader(value)).isEqualTo("abc");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic YTpi", "Digest x", "", "Bearerabc", "abc"})
  void anotherSchemeIsNoToken(String value) {
    assertThat(BearerToken.inHeader(value)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer", "bearer ", "Bearer a b", "Bearer a,b", "Bearer ä", "Bearer ="})
  void whatHasNotTheFormOfATokenIsRefused(String value) {
    assertThatExceptionOfType(TokenRefusedException.class)
        .isThrownBy(() -> BearerToken.inHeader(value));
  }

  @Test
  void twoHeadersAreOneTooMany() {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> BearerToken.inHeader(List.of("Bearer a", "Bearer a")));
  }

  @Test
  void aQueryHasOneToken() {
    assertThat(BearerToken.inQuery("a=b&access_token=x.y.z&c")).isEqualTo("x.y.z");
    assertThat(BearerToken.inQuery("access%5Ftoken=a%2Eb")).isEqualTo("a.b");
    assertThat(BearerToken.inQuery("xaccess_token=a")).isNull();
    assertThat(BearerToken.inQuery("")).isNull();
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> BearerToken.inQuery("access_token=a&access_token=a"));
    for (String query : List.of("access_token", "access_token=", "access_token=%zz")) {
      assertThatExceptionOfType(TokenRefusedException.class)
          .isThrownBy(() -> BearerToken.inQuery(query));
    }
  }

  @Test
  void twoTokensNameTheSameUser() {
    assertThat(caller("Bearer alice.1", "access_token=alice.2").user()).isEqualTo("alice");
    assertThat(caller("Bearer alice.1", null).user()).isEqualTo("alice");
    assertThat(BearerToken.caller(tokens, List.of(), "access_token=alice")).isNotNull();
    assertThat(BearerToken.caller(tokens, List.of("Basic x"), "a=b")).isNull();
    for (String query : List.of("access_token=bob", "access_token=bad")) {
      assertThatExceptionOfType(TokenRefusedException.class)
          .isThrownBy(() -> caller("Bearer alice", query));
    }
  }

  @Test
  void aRefusalIsQuotedForTheHeader() {
    assertThat(BearerToken.refusal(new TokenRefusedException("a \"b\" \\ \n ä")))
        .isEqualTo("Bearer error=\"invalid_token\", error_description=\"a 'b' ? ? ?\"");
  }

  private Caller caller(String header, @Nullable String query) {
    return Objects.requireNonNull(BearerToken.caller(tokens, List.of(header), query));
  }
}
