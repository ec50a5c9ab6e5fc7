package io.belfry.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.testing.Interleavings;
import io.belfry.testing.Interleavings.Actor;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Two threads make something due and ask for a look, while the timer looks.
class AlarmInterleavingTests {
  private static final long NEVER = Long.MAX_VALUE / 4;
  private static final int ROUNDS = 2500;

  private static final class Asking implements Interleavings.Round {
    private final Alarm alarm = new Alarm(0);
    private final AtomicLong early = new AtomicLong(NEVER);
    private final AtomicLong late = new AtomicLong(NEVER);

    @Override
    public List<Actor> actors() {
      return List.of(() -> ask(early, 100), () -> ask(late, 200), () -> look(10));
    }

    private void ask(AtomicLong what, long time) {
      what.set(time);
      alarm.set(time);
    }

    // What is due goes, and the next look is when the next is.
    private void look(long now) {
      if (alarm.isDue(now)) {
        long next = Math.min(early.get(), late.get());
        if (next != NEVER) {
          alarm.set(next);
        }
      }
    }

    @Override
    public void check() {
      assertThat(alarm.isDue(10)).isFalse();
      assertThat(alarm.restNanos(10)).isEqualTo(90);
    }
  }

  @Test
  void theSoonestTimeThatAnybodyAskedForIsKept() throws Exception {
    Interleavings.explore(ROUNDS, Asking::new);
  }
}
