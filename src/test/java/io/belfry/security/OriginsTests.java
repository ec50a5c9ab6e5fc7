package io.belfry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.belfry.settings.InvalidSettingException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginsTests {
  @ParameterizedTest
  @CsvSource({
    "http://localhost:8080, localhost:8080, true",
    "http://LOCALHOST:8080, localhost:8080, true",
    "https://app.example, app.example, true",
    "http://app.example, app.example, true",
    "https://app.example, app.example:443, true",
    "http://app.example:80, app.example, true",
    "http://[::1]:8080, [::1]:8080, true",
    "https://app.example:80, app.example, false",
    "https://app.example, app.example:80, false",
    "http://localhost:8081, localhost:8080, false",
    "http://localhost, localhost:8080, false",
    "http://evil.example, app.example, false",
    "http://app.example.evil, app.example, false",
    "http://app.example/, app.example, false",
    "http://x@app.example, app.example, false",
    "ftp://app.example, app.example, false",
    "null, null, false",
    "'', '', false"
  })
  void onlyAPageOfTheRequestsHostIsItsOwn(String origin, String authority, boolean isOwn) {
    assertThat(Origins.isOf(authority, origin)).isEqualTo(isOwn);
  }

  @Test
  void originsOfTheSettingAreExact() {
    Origins origins = new Origins(List.of("https://App.example", " http://localhost:3000"));

    assertThat(origins.isAnyForeignAllowed()).isTrue();
    assertThat(List.of("https://app.example", "https://app.example:443", "http://localhost:3000"))
        .allMatch(origins::isAllowed);
    assertThat(
            List.of(
                "http://app.example",
                "https://x.app.example",
                "https://app.example.evil",
                "http://localhost",
                "null",
                "*",
                ""))
        .noneMatch(origins::isAllowed);
  }

  @Test
  void aStarIsEveryOriginButNull() {
    Origins origins = new Origins(List.of("*"));

    assertThat(origins.isAllowed("https://any.example")).isTrue();
    assertThat(origins.isAllowed("null")).isFalse();
    assertThat(origins.allowing("https://any.example")).isEqualTo("*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app.example",
        "https://app.example/",
        "null",
        "https://",
        "*.example",
        "https://*.example",
        "https://app.example:*",
        "https://b\u00fccher.example"
      })
  void whatIsNoOriginRefusesToStart(String setting) {
    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(() -> new Origins(List.of(setting)))
        .withMessageContaining("belfry.allowed-origins");
  }

  @Test
  void withoutTheSettingNoForeignOriginIsAllowed() {
    Origins origins = new Origins(List.of());

    assertThat(origins.isAnyForeignAllowed()).isFalse();
    assertThat(origins.isAllowed("https://app.example")).isFalse();
  }
}
