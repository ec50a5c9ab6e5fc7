package io.belfry.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.belfry.core.log.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a header, a query or an origin says is understood or refused, and nothing that is taken for
/// a token could be more than one.
class BearerTokenFuzz {
  @FuzzTest
  void isATokenOrRefused(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    unlessRefused(() -> isToken(BearerToken.inHeader(text)));
    unlessRefused(() -> {
      String token = BearerToken.inQuery(text);
      isToken(token);
      if (token == null) {
        assertThat(text).doesNotStartWith("access_token=");
      }
    });
    if (Origins.isOf("belfry.example", text)) {
      assertThat(text.toLowerCase(Locale.ROOT))
          .isIn(
              "https://belfry.example",
              "https://belfry.example:443",
              "http://belfry.example",
              "http://belfry.example:80");
    }
  }

  private static void isToken(@Nullable String token) {
    if (token != null) {
      assertThat(token).matches("[A-Za-z0-9._~+/-]+=*");
    }
  }

  private static void unlessRefused(Runnable use) {
    try {
      use.run();
    } catch (InvalidInputException | TokenRefusedException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }
}
