package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What becomes of operations that come too many, or that have waited too long.
class IntakeTests {
  private static final Operation<Boolean> SMALL = _ -> true;
  private static final Operation<Boolean> LARGE =
      new Operation<>() {
        @Override
        public Boolean apply(Changes changes) {
          return true;
        }

        @Override
        public int size() {
          return (int) (Intake.MAX_BYTES / 4);
        }
      };

  private final Intake intake = new Intake();

  @Test
  void thereIsRoomForSoManyAndNoMore() {
    for (int i = 0; i < Intake.MAX_COUNT; i++) {
      assertThat(intake.offer(new Pending<>(SMALL))).isTrue();
    }
    assertThat(intake.offer(new Pending<>(SMALL))).isFalse();
    assertThat(intake.takeAll()).hasSize(Intake.MAX_COUNT);

    for (int i = 0; i < 4; i++) {
      assertThat(intake.offer(new Pending<>(LARGE))).isTrue();
    }
    assertThat(intake.offer(new Pending<>(SMALL))).isFalse();
    intake.close();
    assertThat(intake.offer(new Pending<>(SMALL))).isFalse();
  }

  @Test
  void whatHasWaitedTooLongIsTakenFromTheFrontAndMakesRoom() {
    Pending<Boolean> old = new Pending<>(SMALL);
    Pending<Boolean> young = new Pending<>(SMALL);
    assertThat(intake.offer(old)).isTrue();
    assertThat(intake.offer(young)).isTrue();

    List<Pending<?>> taken = intake.takeUntil(young.since());

    assertThat(taken).isSubsetOf(old, young).doesNotContain(young);
    assertThat(intake.takeUntil(young.since() + 1)).contains(young);
    assertThat(intake.size()).isZero();
  }

  @Test
  void aBatchIsBoundedAndMakesRoom() throws InterruptedException {
    for (int i = 0; i < 4; i++) {
      assertThat(intake.offer(new Pending<>(LARGE))).isTrue();
    }

    assertThat(intake.take(Duration.ZERO)).hasSize(1);
    assertThat(intake.offer(new Pending<>(SMALL))).isTrue();
    assertThat(intake.takeAll()).hasSize(4);
    for (int i = 0; i < 5000; i++) {
      assertThat(intake.offer(new Pending<>(SMALL))).isTrue();
    }
    assertThat(intake.take(Duration.ZERO)).hasSize(4096);
    assertThat(intake.take(Duration.ZERO)).hasSize(904);
  }
}
