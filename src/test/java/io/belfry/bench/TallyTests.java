package io.belfry.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TallyTests {
  private final Tally tally = new Tally();

  @Test
  void whatArrivesBeforeItsPushIsAnsweredIsNotLost() {
    tally.arrived(1, 1000);
    tally.accepted(1);
    tally.accepted(2);
    assertThat(tally.lost()).isEqualTo(1);

    tally.arrived(2, 1000);

    assertThat(tally.lost()).isZero();
    assertThat(tally.arrived.sum()).isEqualTo(2);
  }

  @Test
  void whatArrivesThoughItsPushWasNotAnsweredHidesNoLoss() {
    tally.arrived(1, 1000);
    tally.accepted(2);

    assertThat(tally.lost()).isEqualTo(1);
  }

  @Test
  void whatArrivesTwiceIsRepeatedAndHidesNoLoss() {
    tally.accepted(1);
    tally.accepted(100_000_000_000L);
    tally.arrived(1, 1000);
    tally.arrived(1, 1000);

    assertThat(tally.repeated.sum()).isEqualTo(1);
    assertThat(tally.lost()).isEqualTo(1);
  }
}
