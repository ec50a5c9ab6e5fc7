package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundsTests {
  private final Rounds rounds = new Rounds();
  private final FakeConnection connection = new FakeConnection("alice", "phone");

  @ParameterizedTest
  @CsvSource({"0, 1", "-5, 1", "100, 1", "250, 2", "1000, 8", "1000000, 31"})
  void aConnectionIsCalledBeforeItsRestIsOver(long restMillis, int turn) {
    rounds.add(connection, restMillis * 1_000_000);

    for (int i = 1; i < turn; i++) {
      assertThat(rounds.next()).isEmpty();
    }
    assertThat(rounds.next()).containsExactly(connection);
    for (int i = 0; i < 2 * Rounds.TURNS; i++) {
      assertThat(rounds.next()).isEmpty();
    }
  }

  @Test
  void eachTurnCallsItsOwn() {
    FakeConnection other = new FakeConnection("bob", "phone");
    rounds.add(connection, 0);
    assertThat(rounds.next()).containsExactly(connection);
    rounds.add(connection, 300_000_000);
    rounds.add(other, 0);

    assertThat(rounds.next()).containsExactly(other);
    assertThat(rounds.next()).containsExactly(connection);
  }
}
