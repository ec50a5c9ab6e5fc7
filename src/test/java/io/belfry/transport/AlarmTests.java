package io.belfry.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AlarmTests {
  @Test
  void isDueOnceAndThenAtTheSoonestTimeThatIsAskedFor() {
    Alarm alarm = new Alarm(10);

    assertThat(alarm.isDue(9)).isFalse();
    assertThat(alarm.isDue(10)).isTrue();
    assertThat(alarm.isDue(1_000_000)).isFalse();
    alarm.set(300);
    alarm.set(200);
    alarm.set(250);
    assertThat(alarm.restNanos(150)).isEqualTo(50);
    assertThat(alarm.isDue(199)).isFalse();
    assertThat(alarm.isDue(200)).isTrue();
  }

  // A fresh token that ends sooner may come while the timer finds that nothing is due for long.
  @Test
  void whatIsAskedForWhileTheTimerLooksIsNotForgotten() {
    Alarm alarm = new Alarm(10);

    assertThat(alarm.isDue(10)).isTrue();
    alarm.set(12);
    alarm.set(1_000);

    assertThat(alarm.isDue(12)).isTrue();
  }

  @Test
  void aClockThatWrapsAroundIsAClock() {
    Alarm alarm = new Alarm(Long.MAX_VALUE - 1);

    assertThat(alarm.isDue(Long.MAX_VALUE - 2)).isFalse();
    assertThat(alarm.isDue(Long.MIN_VALUE + 1)).isTrue();
    alarm.set(Long.MIN_VALUE + 5);
    assertThat(alarm.restNanos(Long.MIN_VALUE + 1)).isEqualTo(4);
  }
}
