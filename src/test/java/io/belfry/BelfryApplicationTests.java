package io.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BelfryApplicationTests {

  @Test
  void runsOnTheJavaThatItIsBuiltFor() {
    assertThat(Runtime.version().feature()).isGreaterThanOrEqualTo(25);
  }
}
