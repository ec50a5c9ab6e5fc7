package io.belfry.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.settings.BelfryProperties.StoreKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

class ConditionalOnStoreTests {
  private final MockEnvironment environment = new MockEnvironment();

  @Test
  void theEmbeddedStoreIsTheDefault() {
    assertThat(ConditionalOnStore.OnStore.store(environment)).isEqualTo(StoreKind.EMBEDDED);
  }

  @ParameterizedTest
  @CsvSource({"redis, REDIS", "Redis, REDIS", "embedded, EMBEDDED", "'', EMBEDDED"})
  void aStoreIsReadAsTheSettingsReadIt(String value, StoreKind kind) {
    environment.withProperty("belfry.store", value);

    assertThat(ConditionalOnStore.OnStore.store(environment)).isEqualTo(kind);
    assertThat(BelfryProperties.of(environment).store()).isEqualTo(kind);
  }

  @Test
  void whatNamesNoStoreIsTold() {
    environment.withProperty("belfry.store", "mongo");

    assertThatThrownBy(() -> ConditionalOnStore.OnStore.store(environment))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage("belfry.store must be embedded or redis.");
  }
}
