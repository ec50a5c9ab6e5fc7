package io.belfry.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// What [Bells] promises.
interface BellsContract extends StoreUnderTest {
  /// Hears bells, and waits for the next one.
  final class Ear implements Consumer<Bell> {
    private final BlockingQueue<Bell> bells = new LinkedBlockingQueue<>();

    @Override
    public void accept(Bell bell) {
      bells.add(bell);
    }

    Bell next() throws InterruptedException {
      Bell bell = bells.poll(10, TimeUnit.SECONDS);
      if (bell == null) {
        throw new AssertionError("no bell rang");
      }
      return bell;
    }

    Bell.Grew grew() throws InterruptedException {
      return (Bell.Grew) next();
    }
  }

  @Test
  default void anAppendRings() throws Exception {
    long before = append(INBOX, "before");
    Ear ear = new Ear();
    try (var _ = store().bells().listen(INBOX, ear)) {
      long first = append(INBOX, "a");
      long second = append(INBOX, "b");

      Bell.Grew bell = ear.grew();
      assertThat(bell.previous()).isEqualTo(before);
      assertThat(bell.offset()).isEqualTo(first);
      Entry entry = present(bell.entry());
      assertThat(entry.offset()).isEqualTo(first);
      assertThat(StoreUnderTest.text(entry)).isEqualTo("a");
      bell = ear.grew();
      assertThat(bell.previous()).isEqualTo(first);
      assertThat(bell.offset()).isEqualTo(second);
    }
  }

  @Test
  default void theFirstAppendOfALogFollowsNothing() throws Exception {
    Ear ear = new Ear();
    try (var _ = store().bells().listen(NEWS, ear)) {
      long first = append(NEWS, "a");

      Bell.Grew bell = ear.grew();
      assertThat(bell.previous()).isZero();
      assertThat(bell.offset()).isEqualTo(first);
    }
  }

  @Test
  default void whoListensHearsItsOwnLogAlone() throws Exception {
    Ear ear = new Ear();
    Ear other = new Ear();
    try (var _ = store().bells().listen(INBOX, ear);
        var _ = store().bells().listen(NEWS, other)) {
      append(new Destination.Queue("alice", "inbox2"), "x");
      append(new Destination.Queue("alic", "einbox"), "x");
      long news = append(NEWS, "n");
      long inbox = append(INBOX, "i");

      assertThat(ear.grew().offset()).isEqualTo(inbox);
      assertThat(other.grew().offset()).isEqualTo(news);
    }
  }

  @Test
  default void afterTheEndOfAListeningNothingRings() throws Exception {
    Ear first = new Ear();
    store().bells().listen(INBOX, first).close();
    Ear second = new Ear();
    try (var _ = store().bells().listen(INBOX, second)) {
      append(INBOX, "a");
      second.grew();
    }
    Receipt receipt = ((Appended.Fresh) appended(push(INBOX, "b"))).receipt();

    assertThat(receipt.online()).isFalse();
    assertThat(first.bells).isEmpty();
    assertThat(second.bells).isEmpty();
  }

  @Test
  default void whoListensIsOnline() {
    try (var _ = store().bells().listen(INBOX, bell -> {})) {
      assertThat(((Appended.Fresh) appended(push(INBOX, "a"))).receipt().online()).isTrue();
      assertThat(((Appended.Fresh) appended(push(INBOX, "a", "TTL", "0"))).receipt().online())
          .isTrue();
      assertThat(((Appended.Fresh) appended(push(NEWS, "a"))).receipt().online()).isFalse();
    }
  }

  @Test
  default void removalsRing() throws Exception {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b", "Topic", "k");
    Ear ear = new Ear();
    try (var _ = store().bells().listen(INBOX, ear)) {
      store().logs().retract(INBOX, first);
      store().logs().retract(INBOX, first);
      long third = append(INBOX, "c", "Topic", "k");

      assertThat(ear.next()).isEqualTo(new Bell.Removed(first));
      // The order of these two is free.
      List<Bell> both = new ArrayList<>(List.of(ear.next(), ear.next()));
      assertThat(both).contains(new Bell.Removed(second));
      both.removeIf(Bell.Removed.class::isInstance);
      assertThat(((Bell.Grew) both.getFirst()).offset()).isEqualTo(third);
      assertThat(((Bell.Grew) both.getFirst()).previous()).isEqualTo(second);
    }
  }

  @Test
  default void aPassingMessageOnlyRings() throws Exception {
    Ear ear = new Ear();
    try (var _ = store().bells().listen(INBOX, ear)) {
      appended(push(INBOX, "a", "TTL", "0", "Idempotency-Key", "k"));
      appended(push(INBOX, "a", "TTL", "0", "Idempotency-Key", "k"));
      append(INBOX, "b");

      Entry message = ((Bell.Passing) ear.next()).message();
      assertThat(message.isPassing()).isTrue();
      assertThat(StoreUnderTest.text(message)).isEqualTo("a");
      assertThat(ear.grew().previous()).isZero();
    }
  }

  @Test
  default void aRepeatDoesNotRing() throws Exception {
    Ear ear = new Ear();
    try (var _ = store().bells().listen(INBOX, ear)) {
      long first = append(INBOX, "a", "Idempotency-Key", "k");
      appended(push(INBOX, "a", "Idempotency-Key", "k"));
      appended(push(INBOX, "b", "Idempotency-Key", "k"));
      append(INBOX, "c");

      assertThat(ear.grew().offset()).isEqualTo(first);
      assertThat(ear.grew().previous()).isEqualTo(first);
    }
  }

  @Test
  default void manyWritersRingOneUnbrokenChain() throws Exception {
    Ear ear = new Ear();
    List<Callable<Long>> appends = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      String text = "t" + i;
      appends.add(() -> append(INBOX, text));
    }
    try (var _ = store().bells().listen(INBOX, ear)) {
      List<Long> offsets = together(appends);
      long previous = 0;
      List<Long> heard = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        Bell.Grew bell = ear.grew();
        assertThat(bell.previous()).isEqualTo(previous);
        previous = bell.offset();
        heard.add(previous);
      }
      assertThat(heard).containsExactlyInAnyOrderElementsOf(offsets);
    }
  }

  @Test
  default void aListenerThatFailsHindersNobody() throws Exception {
    Ear ear = new Ear();
    try (var _ =
            store()
                .bells()
                .listen(
                    NEWS,
                    bell -> {
                      throw new IllegalStateException("a test's own");
                    });
        var _ = store().bells().listen(INBOX, ear)) {
      append(NEWS, "a");
      long second = append(INBOX, "b");

      assertThat(ear.grew().offset()).isEqualTo(second);
    }
  }
}
