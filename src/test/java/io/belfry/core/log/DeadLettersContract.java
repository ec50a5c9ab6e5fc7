package io.belfry.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/// What [DeadLetters] promises.
interface DeadLettersContract extends StoreUnderTest {
  @Test
  default void deadLettersAreListedInOrder() {
    long first = append(INBOX, "a", "ce-id", "1");
    long second = append(INBOX, "b");
    Entry entry = present(entry(INBOX, first));
    store().deadLetters().add(new DeadLetter(0, PHONE, 5, "refused 5 times", entry));
    bury(LAPTOP, second);
    bury(PHONE, second);
    reopen();

    List<DeadLetter> all = letters();
    assertThat(all).extracting(DeadLetter::offset).isSorted().doesNotHaveDuplicates();
    assertThat(all).extracting(DeadLetter::key).containsExactly(PHONE, LAPTOP, PHONE);
    DeadLetter letter = all.getFirst();
    assertThat(letter.offset()).isPositive();
    assertThat(letter.deliveries()).isEqualTo(5);
    assertThat(letter.reason()).isEqualTo("refused 5 times");
    assertThat(letter.entry().offset()).isEqualTo(first);
    assertThat(letter.entry().id()).isEqualTo(entry.id());
    assertThat(letter.entry().headers()).isEqualTo(entry.headers());
    assertThat(StoreUnderTest.text(letter.entry())).isEqualTo("a");
    assertThat(store().deadLetters().after(letter.offset(), 1))
        .extracting(DeadLetter::offset)
        .containsExactly(all.get(1).offset());
    assertThat(store().deadLetters().after(all.get(2).offset(), 10)).isEmpty();
  }

  @Test
  default void aDeadLetterIsKeptForTheInboxesTime() {
    long offset = append(INBOX, "a", "TTL", "1");
    bury(PHONE, offset);
    pass(retention().ttl().minusMillis(1));
    assertThat(letters()).hasSize(1);
    long place = letters().getFirst().offset();
    pass(Duration.ofMillis(1));

    assertThat(letters()).isEmpty();
    assertThat(store().deadLetters().redeliver(place)).isFalse();
    bury(PHONE, append(INBOX, "b"));
    assertThat(letters()).hasSize(1);
    assertThat(letters().getFirst().offset()).isGreaterThan(place);
  }

  @Test
  default void thereAreTenThousandAtMost() throws Exception {
    long offset = append(INBOX, "a");
    Entry entry = present(entry(INBOX, offset));
    List<Callable<Boolean>> adds = new ArrayList<>();
    for (int i = 0; i < Retention.MAX_DEAD_LETTERS; i++) {
      CursorKey device = new CursorKey(INBOX, "alice", "phone-" + i);
      adds.add(() -> {
        store().deadLetters().add(new DeadLetter(0, device, 5, "refused", entry));
        return true;
      });
    }
    together(adds);
    List<DeadLetter> full = store().deadLetters().after(0, 20_000);
    assertThat(full).hasSize(Retention.MAX_DEAD_LETTERS);
    bury(PHONE, offset);
    bury(LAPTOP, offset);

    List<DeadLetter> all = store().deadLetters().after(0, 20_000);
    assertThat(all).hasSize(Retention.MAX_DEAD_LETTERS);
    assertThat(all.getFirst().offset()).isEqualTo(full.get(2).offset());
    assertThat(all.getLast().key()).isEqualTo(LAPTOP);
  }

  @Test
  default void whatIsRedeliveredWaitsForItsDevice() throws Exception {
    long offset = append(INBOX, "a", "TTL", "1");
    bury(PHONE, offset);
    settle(PHONE, offset);
    pass(Duration.ofDays(1));
    DeadLetters letters = store().deadLetters();
    BellsContract.Ear ear = new BellsContract.Ear();
    try (var _ = store().bells().listen(INBOX, ear)) {
      long place = letters().getFirst().offset();
      assertThat(letters.redeliver(place)).isTrue();
      assertThat(letters.redeliver(place)).isFalse();
      assertThat(letters.redeliver(place + 1)).isFalse();
      assertThat(ear.next()).isEqualTo(new Bell.Redeliver("alice", "phone"));
    }
    reopen();
    letters = store().deadLetters();

    assertThat(letters()).isEmpty();
    assertThat(letters.redeliveries(PHONE)).containsExactly(offset);
    assertThat(letters.redeliveries(LAPTOP)).isEmpty();
    assertThat(letters.redelivery(LAPTOP, offset)).isNull();
    Entry entry = present(letters.redelivery(PHONE, offset));
    assertThat(entry.offset()).isEqualTo(offset);
    assertThat(StoreUnderTest.text(entry)).isEqualTo("a");
    // It lives as long as it is kept here, not as long as it would have in its log.
    assertThat(entry.isExpired(clock().instant())).isFalse();
    assertThat(cursor(PHONE)).isEqualTo(CursorState.at(offset));
    assertThat(texts(INBOX)).isEmpty();
  }

  @Test
  default void whatIsAddedAgainIsThereOnce() throws Exception {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");
    bury(PHONE, first);
    bury(LAPTOP, first);
    bury(PHONE, second);
    List<Long> places = letters().stream().map(DeadLetter::offset).toList();
    reopen();
    together(List.of(again(PHONE, first), again(PHONE, first)));

    List<DeadLetter> all = letters();
    assertThat(all).extracting(DeadLetter::key).containsExactly(LAPTOP, PHONE, PHONE);
    assertThat(all)
        .extracting(letter -> letter.entry().offset())
        .containsExactly(first, second, first);
    // Who has read up to the last one does not miss it, wherever it was.
    assertThat(all.getLast().offset()).isGreaterThan(places.getLast());
    assertThat(store().deadLetters().redeliver(places.getFirst())).isFalse();
    assertThat(store().deadLetters().redeliver(all.getLast().offset())).isTrue();
    bury(PHONE, first);
    assertThat(letters()).hasSize(3);
    store().logs().retract(INBOX, first);
    assertThat(letters()).extracting(letter -> letter.entry().offset()).containsExactly(second);
  }

  @Test
  default void aRedeliveryEndsWhenItIsSettled() {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");
    bury(PHONE, second);
    bury(PHONE, first);
    redeliverAll();
    DeadLetters letters = store().deadLetters();
    assertThat(letters.redeliveries(PHONE)).containsExactly(first, second);
    letters.settled(PHONE, first);
    letters.settled(PHONE, first);
    letters.settled(LAPTOP, second);

    assertThat(letters.redeliveries(PHONE)).containsExactly(second);
    assertThat(letters.redelivery(PHONE, first)).isNull();
    reopen();
    assertThat(store().deadLetters().redeliveries(PHONE)).containsExactly(second);
  }

  @Test
  default void aRedeliveryEndsWhenItsEntryIsADeadLetterAgain() {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");
    bury(PHONE, first);
    bury(LAPTOP, first);
    bury(PHONE, second);
    redeliverAll();
    bury(PHONE, first);
    reopen();

    DeadLetters letters = store().deadLetters();
    assertThat(letters()).hasSize(1);
    assertThat(letters.redeliveries(PHONE)).containsExactly(second);
    assertThat(letters.redeliveries(LAPTOP)).containsExactly(first);
  }

  @Test
  default void aRedeliveryIsKeptForTheInboxesTime() {
    long offset = append(INBOX, "a");
    bury(PHONE, offset);
    pass(retention().ttl().dividedBy(2));
    redeliverAll();
    pass(retention().ttl().minusMillis(1));
    assertThat(store().deadLetters().redeliveries(PHONE)).containsExactly(offset);
    pass(Duration.ofMillis(1));

    assertThat(store().deadLetters().redeliveries(PHONE)).isEmpty();
    assertThat(store().deadLetters().redelivery(PHONE, offset)).isNull();
  }

  @Test
  default void whatIsRetractedIsNotRedelivered() throws Exception {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");
    bury(PHONE, first);
    bury(PHONE, second);
    redeliverAll();
    bury(LAPTOP, first);
    BellsContract.Ear ear = new BellsContract.Ear();
    try (var _ = store().bells().listen(INBOX, ear)) {
      store().logs().retract(INBOX, first);
      assertThat(ear.next()).isEqualTo(new Bell.Removed(first));
    }

    assertThat(letters()).isEmpty();
    assertThat(store().deadLetters().redeliveries(PHONE)).containsExactly(second);
    assertThat(store().deadLetters().redelivery(PHONE, first)).isNull();
  }

  @Test
  default void whatIsGoneFromItsLogCanStillBeRetracted() throws Exception {
    long offset = append(INBOX, "a", "TTL", "1");
    bury(PHONE, offset);
    redeliverAll();
    pass(Duration.ofHours(1));
    append(INBOX, "b");
    BellsContract.Ear ear = new BellsContract.Ear();
    try (var _ = store().bells().listen(INBOX, ear)) {
      store().logs().retract(INBOX, offset);
      assertThat(ear.next()).isEqualTo(new Bell.Removed(offset));
    }

    assertThat(store().deadLetters().redeliveries(PHONE)).isEmpty();
  }

  private List<DeadLetter> letters() {
    return store().deadLetters().after(0, 100);
  }

  @Test
  default void whatIsRetractedWhileItIsRedeliveredDoesNotCome() throws Exception {
    for (int i = 0; i < 50; i++) {
      bury(PHONE, append(INBOX, "a"));
    }
    List<Callable<Boolean>> both = new ArrayList<>();
    for (DeadLetter letter : letters()) {
      both.add(() -> store().deadLetters().redeliver(letter.offset()));
      both.add(() -> {
        store().logs().retract(INBOX, letter.entry().offset());
        return true;
      });
    }
    together(both);

    assertThat(letters()).isEmpty();
    assertThat(store().deadLetters().redeliveries(PHONE)).isEmpty();
  }

  @Test
  default void whatIsRetractedBeforeItIsADeadLetterIsNone() {
    Entry first = present(entry(INBOX, append(INBOX, "a")));
    Entry second = present(entry(INBOX, append(INBOX, "b", "Topic", "c")));
    store().logs().retract(INBOX, first.offset());
    append(INBOX, "c", "Topic", "c");

    for (Entry entry : List.of(first, second)) {
      DeadLetter letter = new DeadLetter(0, PHONE, 5, "refused 5 times", entry);
      assertThat(store().deadLetters().add(letter)).isFalse();
    }
    assertThat(letters()).isEmpty();
  }

  @Test
  default void whatIsRetractedWhileItBecomesADeadLetterIsNone() throws Exception {
    List<Callable<Boolean>> both = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Entry entry = present(entry(INBOX, append(INBOX, "a")));
      both.add(
          () -> store().deadLetters().add(new DeadLetter(0, PHONE, 5, "refused 5 times", entry)));
      both.add(() -> {
        store().logs().retract(INBOX, entry.offset());
        return true;
      });
    }
    together(both);

    assertThat(letters()).isEmpty();
  }

  private void bury(CursorKey key, long offset) {
    Entry entry = present(entry(key.destination(), offset));
    assertThat(store().deadLetters().add(new DeadLetter(0, key, 5, "refused 5 times", entry)))
        .isTrue();
  }

  private Callable<Boolean> again(CursorKey key, long offset) {
    return () -> {
      bury(key, offset);
      return true;
    };
  }

  private void redeliverAll() {
    letters().forEach(letter -> store().deadLetters().redeliver(letter.offset()));
  }
}
