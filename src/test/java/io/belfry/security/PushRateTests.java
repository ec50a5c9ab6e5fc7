package io.belfry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.belfry.core.log.LimitExceededException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PushRateTests {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

  @Test
  void aSecondsWorthMayComeAtOnceAndNoMore() {
    PushRate rate = new PushRate(10, now::get);

    assertThat(taken(rate, "svc", 100)).isEqualTo(10);
    assertThat(taken(rate, "other", 100)).isEqualTo(10);
  }

  @Test
  void itFlowsEvenly() {
    PushRate rate = new PushRate(10, now::get);
    taken(rate, "svc", 100);

    advance(Duration.ofMillis(100));
    assertThat(taken(rate, "svc", 100)).isEqualTo(1);
    advance(Duration.ofMillis(350));
    assertThat(taken(rate, "svc", 100)).isEqualTo(3);
    advance(Duration.ofMinutes(5));
    assertThat(taken(rate, "svc", 100)).isEqualTo(10);
  }

  @Test
  void oneASecondIsOneASecond() {
    PushRate rate = new PushRate(1, now::get);

    assertThat(taken(rate, "svc", 5)).isEqualTo(1);
    advance(Duration.ofMillis(999));
    assertThat(taken(rate, "svc", 5)).isZero();
    advance(Duration.ofMillis(1));
    assertThat(taken(rate, "svc", 5)).isEqualTo(1);
  }

  @Test
  void withoutALimitThereIsNone() {
    PushRate rate = new PushRate(null, now::get);

    assertThat(taken(rate, "svc", 100_000)).isEqualTo(100_000);
  }

  @Test
  void theRefusalNamesTheLimit() {
    PushRate rate = new PushRate(1, now::get);

    assertThatCode(() -> rate.count("svc")).doesNotThrowAnyException();
    assertThatExceptionOfType(LimitExceededException.class)
        .isThrownBy(() -> rate.count("svc"))
        .withMessageContaining("once a second here (belfry.limits.push-rate)");
  }

  private void advance(Duration by) {
    now.addAndGet(by.toNanos());
  }

  private static int taken(PushRate rate, String user, int pushes) {
    int taken = 0;
    for (int i = 0; i < pushes; i++) {
      try {
        rate.count(user);
        taken++;
      } catch (LimitExceededException full) {
        assertThat(full).hasMessageContaining("a second");
      }
    }
    return taken;
  }
}
