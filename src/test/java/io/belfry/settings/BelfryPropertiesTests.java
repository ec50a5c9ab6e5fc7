package io.belfry.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.settings.BelfryProperties.StoreKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.unit.DataSize;

class BelfryPropertiesTests {
  @Test
  void theDefaultsAreThoseOfTheContract() {
    BelfryProperties defaults = BelfryProperties.of(new MockEnvironment());

    assertThat(defaults.store()).isEqualTo(StoreKind.EMBEDDED);
    assertThat(defaults.dataDir()).hasToString("data");
    assertThat(defaults.inbox().ttl()).isEqualTo(Duration.ofDays(7));
    assertThat(defaults.inbox().maxMessages()).isEqualTo(1000);
    assertThat(defaults.inbox().deviceTtl()).isEqualTo(Duration.ofDays(30));
    assertThat(defaults.delivery().window()).isEqualTo(256);
    assertThat(defaults.delivery().ackTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(defaults.delivery().maxDeliveries()).isEqualTo(5);
    assertThat(defaults.idempotency().keep()).isEqualTo(Duration.ofHours(24));
    assertThat(defaults.heartbeat()).isEqualTo(Duration.ofSeconds(10));
    assertThat(defaults.stomp().port()).isNull();
    assertThat(defaults.mqtt().port()).isNull();
    assertThat(defaults.limits().body()).isEqualTo(DataSize.ofKilobytes(64));
    assertThat(defaults.limits().connectionsPerUser()).isEqualTo(32);
    assertThat(defaults.limits().connections()).isNull();
    assertThat(defaults.limits().pushRate()).isNull();
    assertThat(defaults.drain()).isEqualTo(Duration.ofSeconds(20));
  }

  @ParameterizedTest
  @CsvSource({
    "belfry.heartbeat, 99ms",
    "belfry.heartbeat, -1s",
    "belfry.heartbeat, 2h",
    "belfry.drain, -1s",
    "belfry.drain, 36501d",
    "belfry.node, a b",
    "belfry.stomp.port, 65536",
    "belfry.mqtt.port, -1",
    "belfry.inbox.ttl, 999ms",
    "belfry.inbox.ttl, 36501d",
    "belfry.inbox.max-messages, 0",
    "belfry.inbox.device-ttl, 0s",
    "belfry.delivery.window, 0",
    "belfry.delivery.window, 10001",
    "belfry.delivery.ack-timeout, 0s",
    "belfry.delivery.ack-timeout, 200000d",
    "belfry.delivery.max-deliveries, 0",
    "belfry.idempotency.keep, 0s",
    "belfry.idempotency.keep, 36501d",
    "belfry.limits.body, 0B",
    "belfry.limits.body, 65MB",
    "belfry.limits.connections-per-user, 0",
    "belfry.limits.connections, 0",
    "belfry.limits.push-rate, 0"
  })
  void aValueOutOfItsBoundsIsRefusedByItsKey(String key, String value) {
    MockEnvironment environment = new MockEnvironment().withProperty(key, value);

    assertThatThrownBy(() -> BelfryProperties.of(environment))
        .rootCause()
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(key + " must be ");
  }

  @ParameterizedTest
  @CsvSource({
    "belfry.store, mysql, embedded or redis",
    "belfry.inbox.ttl, abc, 'a duration such as 30s, 10m or 7d'",
    "belfry.limits.body, much, a size such as 64KB or 1MB",
    "belfry.delivery.window, 1.5, a whole number",
    "belfry.limits.connections, many, a whole number",
    "belfry.demo, maybe, true or false"
  })
  void aValueOfAnotherFormIsRefusedByItsKeyAndToldTheForm(String key, String value, String form) {
    MockEnvironment environment = new MockEnvironment().withProperty(key, value);

    assertThatThrownBy(() -> BelfryProperties.of(environment))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(key + " is '" + value + "': it must be " + form + ".");
  }

  @ParameterizedTest
  @CsvSource({
    "belfry.heartbeat, 100ms",
    "belfry.drain, 0s",
    "belfry.inbox.ttl, 36500d",
    "belfry.delivery.ack-timeout, 36500d",
    "belfry.stomp.port, 0",
    "belfry.delivery.window, 1",
    "belfry.delivery.window, 10000",
    "belfry.limits.push-rate, 1",
    "belfry.limits.connections, ''",
    "belfry.node, ''"
  })
  void aValueAtItsBoundIsTaken(String key, String value) {
    MockEnvironment environment = new MockEnvironment().withProperty(key, value);

    assertThat(BelfryProperties.of(environment)).isNotNull();
  }
}
