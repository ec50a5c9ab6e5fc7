package io.belfry.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingNamesTests {
  @Test
  void allSettingsOfTheContractAreThere() {
    assertThat(SettingNames.all())
        .containsExactlyInAnyOrder(
            "belfry.store",
            "belfry.data-dir",
            "belfry.auth.secret",
            "belfry.demo",
            "belfry.allowed-origins",
            "belfry.inbox.ttl",
            "belfry.inbox.max-messages",
            "belfry.inbox.device-ttl",
            "belfry.delivery.window",
            "belfry.delivery.ack-timeout",
            "belfry.delivery.max-deliveries",
            "belfry.idempotency.keep",
            "belfry.heartbeat",
            "belfry.stomp.port",
            "belfry.stomp.ssl-bundle",
            "belfry.mqtt.port",
            "belfry.mqtt.ssl-bundle",
            "belfry.limits.body",
            "belfry.limits.connections-per-user",
            "belfry.limits.connections",
            "belfry.limits.push-rate",
            "belfry.node",
            "belfry.drain");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BELFRY_DATADIR",
        "BELFRY_DATA_DIR",
        "belfry_datadir",
        "BELFRY_ALLOWEDORIGINS",
        "BELFRY_ALLOWEDORIGINS_0",
        "BELFRY_ALLOWEDORIGINS_12_",
        "BELFRY_INBOX_MAXMESSAGES",
        "BELFRY_LIMITS_CONNECTIONSPERUSER",
        "BELFRY_AUTH_SECRET"
      })
  void aVariableNamesASetting(String variable) {
    assertThat(SettingNames.isVariable(variable)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "BELFRY_AUTHSECRET, BELFRY_AUTH_SECRET",
    "BELFRY_DATADRI, BELFRY_DATADIR",
    "BELFRY_SECRET, BELFRY_AUTH_SECRET",
    "BELFRY_TTL, BELFRY_INBOX_TTL",
    "BELFRY_ALLOWEDORIGIN, BELFRY_ALLOWEDORIGINS",
    "BELFRY_INBOXTTL, BELFRY_INBOX_TTL",
    "BELFRY_MAX_MESSAGES, BELFRY_INBOX_MAXMESSAGES",
    "BELFRY_STORES, BELFRY_STORE"
  })
  void aVariableThatNamesNoneHasANearestOne(String variable, String nearest) {
    assertThat(SettingNames.isVariable(variable)).isFalse();
    assertThat(SettingNames.nearestVariable(variable)).isEqualTo(nearest);
  }

  @ParameterizedTest
  @CsvSource({"belfry.data-dri, belfry.data-dir", "belfry.allow-origins, belfry.allowed-origins"})
  void aPropertyThatNamesNoneHasANearestOne(String property, String nearest) {
    assertThat(SettingNames.isProperty(property)).isFalse();
    assertThat(SettingNames.nearestProperty(property)).isEqualTo(nearest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"belfry.dataDir", "belfry.data_dir", "belfry.allowed-origins[0]"})
  void aPropertyNamesASetting(String property) {
    assertThat(SettingNames.isProperty(property)).isTrue();
  }
}
