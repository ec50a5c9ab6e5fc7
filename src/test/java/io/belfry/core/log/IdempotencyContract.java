package io.belfry.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What [Logs#append] promises of idempotency keys.
interface IdempotencyContract extends StoreUnderTest {
  @Test
  default void aRepeatGetsTheFirstAnswer() {
    Receipt first = fresh("a", "k");
    append(INBOX, "between");
    pass(Duration.ofMinutes(1));

    assertThat(again("a", "k")).isEqualTo(new Appended.Repeated(first));
    reopen();
    assertThat(again("a", "k")).isEqualTo(new Appended.Repeated(first));
    assertThat(texts(INBOX)).containsExactly("a", "between");
  }

  @Test
  default void otherBytesUnderTheSameKeyAreRefused() {
    Receipt first = fresh("a", "k");

    assertThat(again("b", "k")).isEqualTo(new Appended.Mismatched());
    assertThat(again("", "k")).isEqualTo(new Appended.Mismatched());
    assertThat(again("a", "k")).isEqualTo(new Appended.Repeated(first));
    assertThat(texts(INBOX)).containsExactly("a");
  }

  @Test
  default void aKeyBelongsToItsDestination() {
    fresh("a", "k");

    append(NEWS, "a", "Idempotency-Key", "k");
    append(new Destination.Queue("alice", "other"), "b", "Idempotency-Key", "k");
    append(new Destination.Queue("bob", "inbox"), "c", "Idempotency-Key", "k");
    fresh("d", "K");
    fresh("e", "k ".repeat(2) + "k");
    assertThat(texts(INBOX)).containsExactly("a", "d", "e");
  }

  @Test
  default void aKeyIsForgottenAfterItsTime() {
    Receipt first = fresh("a", "k");
    pass(retention().idempotencyKeep().minusMillis(1));
    assertThat(again("a", "k")).isEqualTo(new Appended.Repeated(first));
    pass(Duration.ofMillis(1));

    Receipt second = fresh("a", "k");
    assertThat(second.offset()).isNotEqualTo(first.offset());
    assertThat(texts(INBOX)).containsExactly("a", "a");
    assertThat(again("a", "k")).isEqualTo(new Appended.Repeated(second));
  }

  @Test
  default void eachKeyIsForgottenAfterItsOwnTime() {
    Duration keep = retention().idempotencyKeep();
    List<Receipt> receipts = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      receipts.add(fresh("a", "k" + i));
      pass(keep.dividedBy(8));
      if (i % 6 == 5) {
        reopen();
      }
    }

    // The last eight are younger than `keep`, the last one by seven eighths of it.
    for (int i = 12; i < 20; i++) {
      int age = 20 - i;
      if (age < 8) {
        assertThat(again("a", "k" + i)).isEqualTo(new Appended.Repeated(receipts.get(i)));
      }
    }
    fresh("a", "k12");
    fresh("a", "k3");
  }

  @Test
  default void aKeyOutlivesItsEntry() {
    Receipt first = fresh("a", "k", "TTL", "1");
    pass(Duration.ofSeconds(5));

    assertThat(again("a", "k")).isEqualTo(new Appended.Repeated(first));
    assertThat(texts(INBOX)).isEmpty();
  }

  @Test
  default void aPassingMessageIsRememberedToo() {
    Receipt first = fresh("a", "k", "TTL", "0");

    assertThat(first.offset()).isNull();
    assertThat(again("a", "k")).isEqualTo(new Appended.Repeated(first));
    assertThat(again("b", "k")).isEqualTo(new Appended.Mismatched());
  }

  @Test
  default void theFirstAnswerSaysWhoListenedThen() {
    Receipt first;
    try (Bells.Listening listening = store().bells().listen(INBOX, bell -> {})) {
      first = fresh("a", "k");
      assertThat(listening).isNotNull();
    }
    assertThat(first.online()).isTrue();
    assertThat(again("a", "k")).isEqualTo(new Appended.Repeated(first));
  }

  @Test
  default void repeatsWhileTheFirstIsUnderWayWaitForItsAnswer() {
    List<CompletableFuture<Appended>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(store().logs().append(push(INBOX, "a", "Idempotency-Key", "k")));
      all.add(store().logs().append(push(INBOX, "b", "Idempotency-Key", "k")));
    }

    Receipt first = ((Appended.Fresh) all.removeFirst().join()).receipt();
    assertThat(all)
        .map(CompletableFuture::join)
        .filteredOn(Appended.Mismatched.class::isInstance)
        .hasSize(100);
    assertThat(all)
        .map(CompletableFuture::join)
        .filteredOn(new Appended.Repeated(first)::equals)
        .hasSize(99);
    assertThat(texts(INBOX)).containsExactly("a");
  }

  @Test
  default void manyAtTheSameTimeAppendOnce() throws Exception {
    List<Callable<Appended>> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String key = "k" + i % 10;
      all.add(() -> again(key, key));
    }
    List<Appended> answers = together(all);

    assertThat(answers).filteredOn(Appended.Fresh.class::isInstance).hasSize(10);
    assertThat(answers).filteredOn(Appended.Repeated.class::isInstance).hasSize(190);
    assertThat(texts(INBOX)).hasSize(10);
  }

  private Receipt fresh(String text, String key, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.addAll(List.of("Idempotency-Key", key));
    return ((Appended.Fresh) appended(push(INBOX, text, all.toArray(String[]::new)))).receipt();
  }

  private Appended again(String text, String key) {
    return appended(push(INBOX, text, "Idempotency-Key", key));
  }
}
