package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.core.log.InMemoryStore;
import io.belfry.core.log.LimitExceededException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who is one too many.
class LimitsTests {
  private final Connections connections =
      new Connections(
          new InMemoryStore().presence(),
          new DeliverySettings(4, Duration.ofSeconds(30), 3, 10, 2, 3, Duration.ofDays(30)));

  @BeforeEach
  void twoOfAnnAreOpen() {
    connections.open(new FakeConnection("ann", "phone"), true);
    connections.open(new FakeConnection("ann", "laptop"), true);
  }

  @Test
  void whoIsTheUsersThirdHearsWhichSettingCounts() {
    assertThatThrownBy(() -> connections.open(new FakeConnection("ann", "tablet"), true))
        .isInstanceOf(LimitExceededException.class)
        .hasMessage(
            "This user has 2 connections, as many as belfry.limits.connections-per-user allows.");
    assertThat(connections.count()).isEqualTo(2);
  }

  @Test
  void whoIsTheNodesFourthHearsWhichSettingCounts() {
    connections.open(new FakeConnection("bob", "phone"), true);

    assertThatThrownBy(() -> connections.open(new FakeConnection("cat", "phone"), true))
        .isInstanceOf(LimitExceededException.class)
        .hasMessage("This node has 3 connections, as many as belfry.limits.connections allows.");
    assertThat(connections.count()).isEqualTo(3);
  }
}
