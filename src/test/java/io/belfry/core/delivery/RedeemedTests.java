package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.From;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Dead letters that are delivered once more, and when the store hears that they are settled.
class RedeemedTests extends DeliveryFixture {
  @Test
  void whatIsSettledAndNotYetWrittenDoesNotComeAgainWithTheNextOne() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long one = deadLetter(phone, subscription, "one");
    long two = deadLetter(phone, subscription, "two");
    deliveries.cursors().flush().join();
    redeliver(one);
    phone.await(3);
    CountDownLatch mayWrite = new CountDownLatch(1);
    store.beforeMerge = () -> await(mayWrite);
    try {
      subscription.acknowledge(one);
      redeliver(two);
      phone.await(4);

      assertThat(phone.offsets()).containsExactly(one, two, one, two);
    } finally {
      mayWrite.countDown();
    }
  }

  @Test
  void inModeAutoItIsSettledOnceItIsWritten() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long one = deadLetter(phone, subscription, "one");
    disconnect(phone, subscription);
    redeliver(one);

    FakeConnection back = device("phone");
    Subscription again = subscribe(back, AckMode.AUTO, new From.Cursor());
    back.await(1);
    again.close();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(again::isOver);
    deliveries.cursors().flush().join();

    assertThat(back.offsets()).containsExactly(one);
    assertThat(store.deadLetters().redeliveries(new CursorKey(INBOX, "alice", "phone"))).isEmpty();
  }

  @Test
  void inModeAutoItIsKeptWhereItIsNotWritten() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long one = deadLetter(phone, subscription, "one");
    disconnect(phone, subscription);

    FakeConnection stalled = device("phone");
    Subscription unwritten = subscribe(stalled, AckMode.AUTO);
    stalled.block();
    redeliver(one);
    stalled.awaitHeldUp();
    stalled.close(CloseReason.CLIENT_WENT);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(unwritten::isOver);
    deliveries.cursors().flush().join();

    FakeConnection back = device("phone");
    subscribe(back, AckMode.AUTO);
    back.await(1);
    assertThat(back.offsets()).containsExactly(one);
  }

  @Test
  void itComesAlsoWhereItIsADeadLetterForTheSecondTimeSinceAMoment() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long one = deadLetter(phone, subscription, "one");
    deliveries.cursors().flush().join();
    redeliver(one);
    phone.await(2);
    CountDownLatch mayWrite = new CountDownLatch(1);
    store.beforeMerge = () -> await(mayWrite);
    try {
      subscription.reject(one, "still too large");
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !store.deadLetters().after(0, 10).isEmpty());
      redeliver(one);
      phone.await(3);
    } finally {
      mayWrite.countDown();
    }
    deliveries.cursors().flush().join();

    assertThat(store.deadLetters().redeliveries(new CursorKey(INBOX, "alice", "phone")))
        .containsExactly(one);
  }

  @Test
  void itComesToAConnectionThatHadItBeforeAnotherOneRefusedIt() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    FakeConnection other = device("phone");
    subscribe(other, AckMode.CLIENT_INDIVIDUAL);
    long one = deadLetter(phone, subscription, "one");
    other.await(1);
    disconnect(phone, subscription);

    redeliver(one);
    other.await(2);

    assertThat(other.offsets()).containsExactly(one, one);
  }

  @Test
  void anAcknowledgementOnOneConnectionMakesRoomOnAllOfTheDevice() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long one = deadLetter(phone, subscription, "one");
    FakeConnection other = device("phone");
    subscribe(other, AckMode.CLIENT_INDIVIDUAL, new From.Cursor(), 1);
    redeliver(one);
    phone.await(2);
    other.await(1);

    subscription.acknowledge(one);
    long two = push("two");
    other.await(2);

    assertThat(other.offsets()).containsExactly(one, two);
  }

  @Test
  void anAcknowledgementAtAnotherNodeMakesRoomToo() throws Exception {
    CursorKey key = new CursorKey(INBOX, "alice", "phone");
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long one = deadLetter(phone, subscription, "one");
    disconnect(phone, subscription);
    FakeConnection other = device("phone");
    subscribe(other, AckMode.CLIENT_INDIVIDUAL, new From.Cursor(), 1);
    redeliver(one);
    other.await(1);

    store.deadLetters().settled(key, one);
    long two = push("two");
    other.await(2);

    assertThat(other.offsets()).containsExactly(one, two);
  }

  @ParameterizedTest
  @EnumSource
  void manyComeAgainInWritesOfBoundedSize(AckMode mode) throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL, new From.Cursor(), 100);
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      all.add(deadLetter(phone, subscription, "-".repeat(5_000)));
    }
    disconnect(phone, subscription);
    all.forEach(this::redeliver);

    Portioned back = new Portioned();
    subscribe(back, mode, new From.Cursor(), 100);
    back.await(40);
    long last = push("last");
    back.await(41);

    all.add(last);
    assertThat(back.offsets()).isEqualTo(all);
    assertThat(back.writes).allMatch(bytes -> bytes <= Subscription.MAX_BATCH_BYTES);
  }

  @Test
  void aLostBellCostsTimeAndNoRedelivery() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long one = deadLetter(phone, subscription, "one");
    store.losesBells = true;
    redeliver(one);
    store.losesBells = false;
    store.ringLook(INBOX);

    phone.await(2);

    assertThat(phone.offsets()).containsExactly(one, one);
  }

  @Test
  void itIsSettledByAnAcknowledgementOverHttpWhateverItCameOver() throws Exception {
    CursorKey key = new CursorKey(INBOX, "alice", "phone");
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long one = deadLetter(phone, subscription, "one");
    long two = deadLetter(phone, subscription, "two");
    redeliver(one);
    redeliver(two);
    phone.await(4);

    deliveries.cursors().acknowledge(key, two);
    assertThat(store.deadLetters().redeliveries(key)).containsExactly(one);
    deliveries.cursors().acknowledge(key, one);
    assertThat(store.deadLetters().redeliveries(key)).isEmpty();

    disconnect(phone, subscription);
    FakeConnection back = device("phone");
    subscribe(back, AckMode.CLIENT_INDIVIDUAL);
    long three = push("three");
    back.await(1);
    assertThat(back.offsets()).containsExactly(three);
  }

  private long deadLetter(FakeConnection phone, Subscription subscription, String text)
      throws InterruptedException {
    int before = store.deadLetters().after(0, 100).size();
    long offset = push(text);
    phone.await(all -> !all.isEmpty() && all.getLast().entry().offset() == offset);
    subscription.reject(offset, "too large");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> store.deadLetters().after(0, 100).size() == before + 1);
    return offset;
  }

  private void redeliver(long entry) {
    long letter =
        store.deadLetters().after(0, 100).stream()
            .filter(known -> known.entry().offset() == entry)
            .findFirst()
            .orElseThrow()
            .offset();
    assertThat(store.deadLetters().redeliver(letter)).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
