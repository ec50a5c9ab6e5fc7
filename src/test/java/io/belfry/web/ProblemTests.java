package io.belfry.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.JsonText;
import io.belfry.core.log.LimitExceededException;
import io.belfry.core.log.StoreUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProblemTests {
  @Test
  void itHasItsFourMembers() {
    assertThat(new String(Problem.of(404, "Nothing.").json(), UTF_8))
        .isEqualTo(
            "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
                + "\"detail\":\"Nothing.\"}");
    assertThat(Problem.of(404, "Nothing.").members().toString())
        .isEqualTo("{type=about:blank, title=Not Found, status=404, detail=Nothing.}");
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 405})
  void whoIsWrongInTheAddressIsToldWhereTheyAre(int status) {
    assertThat(new String(Problem.of(status).json(), UTF_8)).contains("/openapi");
  }

  @Test
  void itsBodyIsJsonWhateverItSays() {
    StringBuilder all = new StringBuilder("\"\\ä€😀\u2028");
    for (char c = 0; c < 128; c++) {
      all.append(c);
    }
    assertThat(JsonText.isValid(Problem.of(400, all.toString()).json())).isTrue();
  }

  @Test
  void failuresOfTheCoreHaveTheirStatus() {
    assertThat(Problem.of(new InvalidInputException("TTL", "TTL is a number.")))
        .isEqualTo(Problem.of(400, "TTL is a number."));
    assertThat(Problem.of(new LimitExceededException("Too many.")))
        .isEqualTo(Problem.of(429, "Too many.").retryAfter(1));
    Problem away = Problem.of(new StoreUnavailableException("secret detail", null));
    assertThat(away.status()).isEqualTo(503);
    assertThat(away.headers()).containsEntry("Retry-After", "1");
    assertThat(away.detail()).doesNotContain("secret");
  }

  @Test
  void everyStatusHasASentence() {
    for (int status = 400; status < 600; status++) {
      assertThat(Problem.of(status).detail()).endsWith(".");
    }
  }
}
