package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.DeadLetter;
import io.belfry.core.log.From;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// What comes again, and what becomes a dead letter.
class RedeliveryTests extends DeliveryFixture {
  private DeadLetter awaitDeadLetter() {
    Awaitility.await().until(() -> store.deadLetters().after(0, 10).size() == 1);
    return store.deadLetters().after(0, 10).getFirst();
  }

  @Test
  void aRefusedEntryComesAgainAfterItsBackoffAndHoldsNothingBack() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    long first = push("1");
    phone.await(1);
    phone.refuse(first);
    push("2");
    phone.await(2);
    assertThat(phone.received().get(1).redelivered()).isFalse();

    phone.pass(Duration.ofMillis(1100));

    Delivery again = phone.await(3).get(2);
    assertThat(text(again)).isEqualTo("1");
    assertThat(again.redelivered()).isTrue();
  }

  @Test
  void whatIsRefusedTogetherComesAgainInWritesOfBoundedSize() throws Exception {
    Portioned phone = new Portioned();
    Subscription subscription = subscribe(phone, AckMode.CLIENT, new From.Cursor(), 100);
    for (int i = 0; i < 100; i++) {
      push("-".repeat(2_500), Map.of("ce-a", "-".repeat(2_500)));
    }
    phone.await(100);
    subscription.refuse(phone.offsets().get(99));
    phone.pass(Duration.ofMillis(1100));

    phone.await(200);

    assertThat(phone.offsets().subList(100, 200)).isEqualTo(phone.offsets().subList(0, 100));
    assertThat(phone.writes).allMatch(bytes -> bytes <= Subscription.MAX_BATCH_BYTES);
  }

  @Test
  void anEntryRefusedTooOftenIsADeadLetterAndSettled() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    long first = push("poison");
    for (int i = 1; i <= 3; i++) {
      phone.await(i);
      phone.refuse(first);
      phone.pass(Duration.ofSeconds(10));
    }
    DeadLetter letter = awaitDeadLetter();
    deliveries.cursors().flush().join();

    assertThat(letter.deliveries()).isEqualTo(3);
    assertThat(letter.entry().offset()).isEqualTo(first);
    Awaitility.await().until(() -> phoneCursor().isSettled(first));
  }

  @Test
  void refusalsAreCountedAcrossConnections() throws Exception {
    long first = push("poison");
    for (int i = 1; i <= 3; i++) {
      Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
      phone.await(1);
      phone.refuse(first);
      if (i == 3) {
        var ignored = awaitDeadLetter();
      }
      phone.disconnect();
    }
    assertThat(store.deadLetters().after(0, 10)).hasSize(1);
  }

  @Test
  void whatIsRefusedTooOftenIsADeadLetterThoughItsClientGoesAtOnce() throws Exception {
    long first = push("poison");
    for (int i = 1; i <= 3; i++) {
      Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
      phone.await(1);
      phone.refuse(first);
      phone.disconnect();
    }

    assertThat(awaitDeadLetter().deliveries()).isEqualTo(3);
    Awaitility.await().until(() -> phoneCursor().isSettled(first));
  }

  @Test
  void whatIsRefusedForGoodAfterItsSubscriptionHasEndedIsADeadLetterToo() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long first = push("1");
    phone.await(1);
    subscription.close();
    Awaitility.await().until(subscription::isOver);

    subscription.reject(first, "too large");

    assertThat(awaitDeadLetter().reason()).isEqualTo("too large");
    Awaitility.await().until(() -> phoneCursor().isSettled(first));
  }

  @Test
  void whatIsRetractedBeforeItIsADeadLetterIsSettledAndCountsAsNone() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    long first = push("1");
    phone.await(1);
    store.deadLetters().beforeAdd = () -> store.retract(INBOX, first);

    phone.reject(first, "too large");

    Awaitility.await().until(() -> phoneCursor().isSettled(first));
    assertThat(deliveries.counters().deadLetters()).isZero();
    assertThat(store.deadLetters().after(0, 10)).isEmpty();
  }

  @Test
  void whatItsDeviceHasAcknowledgedAtAnotherNodeIsNoDeadLetter() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    long first = push("1");
    phone.await(1);
    store.merge(Map.of(new CursorKey(INBOX, "alice", "phone"), CursorState.at(first)));

    phone.reject(first, "too late");
    long second = push("2");
    phone.await(2);
    phone.reject(second, "too large");

    assertThat(awaitDeadLetter().entry().offset()).isEqualTo(second);
  }

  @Test
  void aRedeliveredDeadLetterComesUnderItsOldOffsetAndMovesNoCursor() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    long first = push("poison");
    phone.await(1);
    phone.reject(first, "too large");
    DeadLetter letter = awaitDeadLetter();
    assertThat(letter.deliveries()).isEqualTo(1);
    assertThat(letter.reason()).isEqualTo("too large");
    long second = push("2");
    phone.await(2);
    phone.acknowledge(second);

    assertThat(store.deadLetters().redeliver(store.deadLetters().after(0, 10).getFirst().offset()))
        .isTrue();

    Delivery again = phone.await(3).get(2);
    assertThat(again.entry().offset()).isEqualTo(first);
    assertThat(again.redelivered()).isTrue();
    phone.acknowledge(first);
    deliveries.cursors().flush().join();
    assertThat(store.deadLetters().redeliveries(new CursorKey(INBOX, "alice", "phone"))).isEmpty();
  }

  @Test
  void aDeadLetterThatIsReadAgainAsWellIsSettledByItsOneAcknowledgement() throws Exception {
    CursorKey key = new CursorKey(INBOX, "alice", "phone");
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    long poison = push("poison");
    phone.await(1);
    phone.reject(poison, "too large");
    DeadLetter letter = awaitDeadLetter();
    phone.disconnect();
    store.deadLetters().redeliver(letter.offset());

    Device back = subscribed("phone", AckMode.CLIENT_INDIVIDUAL, new From.Earliest());
    back.await(2);
    back.acknowledge(poison);
    deliveries.cursors().flush().join();

    assertThat(back.offsets()).containsExactly(poison, poison);
    assertThat(store.deadLetters().redeliveries(key)).isEmpty();
  }

  @Test
  void aDeadLetterComesOnceMoreThoughTheStoreGoesAwayMeanwhile() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    long poison = push("poison");
    phone.await(1);
    phone.reject(poison, "too large");
    DeadLetter letter = awaitDeadLetter();
    phone.disconnect();
    store.deadLetters().redeliver(letter.offset());

    FakeConnection back = device("phone");
    Runnable goAway = () -> store.away = true;
    deliveries.subscribe(back, request("phone", AckMode.CLIENT_INDIVIDUAL, goAway));
    Awaitility.await().until(() -> store.refusals.get() > 0);
    store.away = false;

    assertThat(back.await(1).getFirst().entry().offset()).isEqualTo(poison);
  }

  @Test
  void whatWaitsBehindOneThatWasRepeatedOftenIsNotLateForIt() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    long first = push("1");
    long second = push("2");
    phone.await(2);
    for (int seconds = 31, times = 3; times <= 5; seconds *= 2, times++) {
      phone.pass(Duration.ofSeconds(seconds));
      phone.await(times);
    }

    phone.acknowledge(first);
    phone.pass(Duration.ofSeconds(1));

    assertThat(phone.await(6).get(5).entry().offset()).isEqualTo(second);
  }

  @Test
  void onlyTheOldestUnsettledEntryComesAgainWhenTheTimeIsOver() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    long first = push("1");
    push("2");
    phone.await(2);

    phone.pass(Duration.ofSeconds(31));

    assertThat(phone.await(3).get(2).entry().offset()).isEqualTo(first);
    assertThat(phone.received().get(2).redelivered()).isTrue();
    phone.acknowledge(first);
    assertThat(store.deadLetters().after(0, 10)).isEmpty();
  }

  @Test
  void aRetractedEntryIsNeitherDeliveredNorDeliveredAgain() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    long first = push("1");
    phone.await(1);
    store.retract(INBOX, first);

    phone.pass(Duration.ofSeconds(31));
    push("2");

    assertThat(phone.await(2)).extracting(DeliveryFixture::text).containsExactly("1", "2");
    Awaitility.await()
        .until(() -> {
          deliveries.cursors().flush().join();
          return phoneCursor().isSettled(first);
        });
  }
}
