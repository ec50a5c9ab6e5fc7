package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.DeadLetter;
import io.belfry.core.log.From;
import io.belfry.core.log.Retention;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class DeliveryTests extends DeliveryFixture {
  @Override
  Retention retention() {
    return new Retention(Duration.ofDays(7), 10, Duration.ofDays(30), Duration.ofHours(24));
  }

  private CursorState phoneCursor() {
    return Objects.requireNonNull(store.of(INBOX, "alice").get("phone"));
  }

  @Test
  void whatWaitedAndWhatComesAreDeliveredOnceAndInOrder() throws Exception {
    push("1");
    push("2");
    FakeConnection phone = device("phone");
    subscribe(phone, AckMode.AUTO);
    phone.await(2);
    push("3");

    assertThat(phone.await(3)).extracting(DeliveryFixture::text).containsExactly("1", "2", "3");
    assertThat(phone.received()).noneMatch(Delivery::redelivered);
  }

  @Test
  void aLiveDeliveryReadsTheStoreZeroTimes() throws Exception {
    FakeConnection phone = device("phone");
    subscribe(phone, AckMode.AUTO);
    int before = store.reads.get();
    for (int i = 0; i < 50; i++) {
      push("live " + i);
      phone.await(i + 1);
    }

    assertThat(store.reads.get()).isEqualTo(before);
  }

  @Test
  void aFullWindowWaitsForAnAcknowledgement() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT);
    for (int i = 0; i < 9; i++) {
      push("" + i);
    }
    phone.await(4);
    assertThat(phone.received()).hasSize(4);

    subscription.acknowledge(phone.offsets().get(3));
    phone.await(8);
    subscription.acknowledge(phone.offsets().get(7));

    assertThat(phone.await(9)).extracting(DeliveryFixture::text).last().isEqualTo("8");
  }

  @Test
  void anAcknowledgementInModeClientSettlesAllUpToIt() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT);
    push("1");
    long second = push("2");
    push("3");
    phone.await(3);
    subscription.acknowledge(second);
    disconnect(phone, subscription);

    FakeConnection again = device("phone");
    subscribe(again, AckMode.CLIENT);

    assertThat(again.await(1)).extracting(DeliveryFixture::text).containsExactly("3");
    assertThat(again.received().getFirst().redelivered()).isTrue();
  }

  @Test
  void singleAcknowledgementsAreKeptAcrossConnections() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    push("1");
    long second = push("2");
    push("3");
    phone.await(3);
    subscription.acknowledge(second);
    disconnect(phone, subscription);

    FakeConnection again = device("phone");
    subscribe(again, AckMode.CLIENT_INDIVIDUAL);

    assertThat(again.await(2)).extracting(DeliveryFixture::text).containsExactly("1", "3");
  }

  @Test
  void theCursorIsTheLastSettledOffsetAndNotAhead() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    final long first = push("1");
    final long second = push("2");
    push("3");
    phone.await(3);
    subscription.acknowledge(second);
    subscription.acknowledge(first);
    deliveries.cursors().flush().join();

    assertThat(phoneCursor().settled()).isEqualTo(second);
  }

  @Test
  void modeAutoSettlesWhatIsWrittenAndNotWhatIsNot() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.AUTO);
    push("1");
    phone.await(1);
    phone.block();
    push("2");
    disconnect(phone, subscription);

    FakeConnection again = device("phone");
    subscribe(again, AckMode.AUTO);

    assertThat(again.await(1)).extracting(DeliveryFixture::text).containsExactly("2");
  }

  @Test
  void aRefusedEntryComesAgainAfterItsBackoffAndHoldsNothingBack() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long first = push("1");
    phone.await(1);
    subscription.refuse(first);
    push("2");
    phone.await(2);
    assertThat(phone.received().get(1).redelivered()).isFalse();

    phone.pass(Duration.ofMillis(1100));

    Delivery again = phone.await(3).get(2);
    assertThat(text(again)).isEqualTo("1");
    assertThat(again.redelivered()).isTrue();
  }

  @Test
  void anEntryRefusedTooOftenIsADeadLetterAndSettled() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long first = push("poison");
    for (int i = 1; i <= 3; i++) {
      phone.await(i);
      subscription.refuse(first);
      phone.pass(Duration.ofSeconds(10));
    }
    Awaitility.await().until(() -> store.deadLetters().after(0, 10).size() == 1);
    deliveries.cursors().flush().join();

    DeadLetter letter = store.deadLetters().after(0, 10).getFirst();
    assertThat(letter.deliveries()).isEqualTo(3);
    assertThat(letter.entry().offset()).isEqualTo(first);
    Awaitility.await().until(() -> phoneCursor().isSettled(first));
  }

  @Test
  void refusalsAreCountedAcrossConnections() throws Exception {
    long first = push("poison");
    for (int i = 1; i <= 3; i++) {
      FakeConnection phone = device("phone");
      Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
      phone.await(1);
      subscription.refuse(first);
      if (i == 3) {
        Awaitility.await().until(() -> store.deadLetters().after(0, 10).size() == 1);
      }
      disconnect(phone, subscription);
    }
    assertThat(store.deadLetters().after(0, 10)).hasSize(1);
  }

  @Test
  void aRedeliveredDeadLetterComesUnderItsOldOffsetAndMovesNoCursor() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long first = push("poison");
    phone.await(1);
    subscription.reject(first, "too large");
    Awaitility.await().until(() -> store.deadLetters().after(0, 10).size() == 1);
    assertThat(store.deadLetters().after(0, 10).getFirst().deliveries()).isEqualTo(1);
    assertThat(store.deadLetters().after(0, 10).getFirst().reason()).isEqualTo("too large");
    long second = push("2");
    phone.await(2);
    subscription.acknowledge(second);

    assertThat(store.deadLetters().redeliver(store.deadLetters().after(0, 10).getFirst().offset()))
        .isTrue();

    Delivery again = phone.await(3).get(2);
    assertThat(again.entry().offset()).isEqualTo(first);
    assertThat(again.redelivered()).isTrue();
    subscription.acknowledge(first);
    deliveries.cursors().flush().join();
    assertThat(store.deadLetters().redeliveries(new CursorKey(INBOX, "alice", "phone"))).isEmpty();
  }

  @Test
  void aDeadLetterThatIsReadAgainAsWellIsSettledByItsOneAcknowledgement() throws Exception {
    CursorKey key = new CursorKey(INBOX, "alice", "phone");
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long poison = push("poison");
    phone.await(1);
    subscription.reject(poison, "too large");
    Awaitility.await().until(() -> store.deadLetters().after(0, 10).size() == 1);
    disconnect(phone, subscription);
    store.deadLetters().redeliver(store.deadLetters().after(0, 10).getFirst().offset());

    FakeConnection back = device("phone");
    Subscription again = subscribe(back, AckMode.CLIENT_INDIVIDUAL, new From.Earliest());
    back.await(2);
    again.acknowledge(poison);
    deliveries.cursors().flush().join();

    assertThat(back.offsets()).containsExactly(poison, poison);
    assertThat(store.deadLetters().redeliveries(key)).isEmpty();
  }

  @Test
  void aDeadLetterComesOnceMoreThoughTheStoreGoesAwayMeanwhile() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long poison = push("poison");
    phone.await(1);
    subscription.reject(poison, "too large");
    Awaitility.await().until(() -> store.deadLetters().after(0, 10).size() == 1);
    disconnect(phone, subscription);
    store.deadLetters().redeliver(store.deadLetters().after(0, 10).getFirst().offset());

    FakeConnection back = device("phone");
    Runnable goAway = () -> store.away = true;
    deliveries.subscribe(back, request("phone", AckMode.CLIENT_INDIVIDUAL, goAway));
    Awaitility.await().until(() -> store.refusals.get() > 0);
    store.away = false;

    assertThat(back.await(1).getFirst().entry().offset()).isEqualTo(poison);
  }

  // The two may be connected to two nodes, each of which knows only its own.
  @Test
  void whoseWindowIsFullGoesOnOnceItsDeviceHasAcknowledgedAtAnotherNode() throws Exception {
    FakeConnection phone = device("phone");
    subscribe(phone, AckMode.CLIENT);
    push("0");
    push("1");
    push("2");
    long third = push("3");
    push("4");
    phone.await(4);

    store.merge(
        Map.of(
            new CursorKey(INBOX, "alice", "phone"),
            new CursorState(third, new TreeSet<>(), third, new TreeMap<>())));

    assertThat(text(phone.await(5).getLast())).isEqualTo("4");
  }

  @Test
  void whatWaitsBehindOneThatWasRepeatedOftenIsNotLateForIt() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long first = push("1");
    long second = push("2");
    phone.await(2);
    for (int seconds = 31, times = 3; times <= 5; seconds *= 2, times++) {
      phone.pass(Duration.ofSeconds(seconds));
      phone.await(times);
    }

    subscription.acknowledge(first);
    phone.pass(Duration.ofSeconds(1));

    assertThat(phone.await(6).get(5).entry().offset()).isEqualTo(second);
  }

  @Test
  void onlyTheOldestUnsettledEntryComesAgainWhenTheTimeIsOver() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
    long first = push("1");
    push("2");
    phone.await(2);

    phone.pass(Duration.ofSeconds(31));

    assertThat(phone.await(3).get(2).entry().offset()).isEqualTo(first);
    assertThat(phone.received().get(2).redelivered()).isTrue();
    subscription.acknowledge(first);
    assertThat(store.deadLetters().after(0, 10)).isEmpty();
  }

  @Test
  void anOffsetBehindTheCursorReadsAgainAndMovesNothingBack() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT);
    long first = push("1");
    long second = push("2");
    phone.await(2);
    subscription.acknowledge(second);
    disconnect(phone, subscription);

    FakeConnection again = device("phone");
    Subscription reread = subscribe(again, AckMode.CLIENT, new From.After(first));
    assertThat(again.await(1)).extracting(DeliveryFixture::text).containsExactly("2");
    disconnect(again, reread);

    assertThat(phoneCursor().settled()).isEqualTo(second);
    again.pass(Duration.ofSeconds(31));
    assertThat(again.received()).hasSize(1);
  }

  @Test
  void whatIsReadAgainFillsTheWindowUntilItIsAcknowledged() throws Exception {
    for (int i = 0; i < 6; i++) {
      push("" + i);
    }
    deliveries.cursors().settle(new CursorKey(INBOX, "alice", "phone"), Long.MAX_VALUE);
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT, new From.Earliest());
    phone.await(4);
    assertThat(phone.received()).hasSize(4);

    subscription.acknowledge(phone.offsets().get(3));

    assertThat(phone.await(6)).hasSize(6);
  }

  @Test
  void aNewDeviceStartsAtTheHighestCursorOfTheUser() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT);
    push("1");
    long second = push("2");
    push("3");
    phone.await(3);
    subscription.acknowledge(second);

    FakeConnection laptop = device("laptop");
    subscribe(laptop, AckMode.CLIENT);

    assertThat(laptop.await(1)).extracting(DeliveryFixture::text).containsExactly("3");
    assertThat(laptop.received().getFirst().redelivered()).isFalse();
  }

  @Test
  void bothConnectionsOfADeviceGetAllAndOneAcknowledgementSettlesItForBoth() throws Exception {
    FakeConnection one = device("phone");
    FakeConnection two = device("phone");
    final Subscription first = subscribe(one, AckMode.CLIENT);
    subscribe(two, AckMode.CLIENT);
    for (int i = 0; i < 4; i++) {
      push("" + i);
    }
    one.await(4);
    two.await(4);

    first.acknowledge(one.offsets().get(3));
    push("4");

    assertThat(two.await(5)).extracting(DeliveryFixture::text).last().isEqualTo("4");
  }

  @Test
  void aGapIsSpoken() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT);
    long first = push("0");
    phone.await(1);
    subscription.acknowledge(first);
    disconnect(phone, subscription);
    for (int i = 1; i <= 12; i++) {
      push("" + i);
    }

    FakeConnection again = device("phone");
    subscribe(again, AckMode.CLIENT);

    List<Delivery> received = again.await(4);
    assertThat(received.getFirst().gapAfter()).isEqualTo(first);
    assertThat(text(received.getFirst())).isEqualTo("3");
    assertThat(received.subList(1, 4)).noneMatch(Delivery::hasGap);
  }

  @Test
  void aPassingMessageIsForWhoHasRoom() throws Exception {
    FakeConnection phone = device("phone");
    subscribe(phone, AckMode.AUTO);
    push("now", Map.of("TTL", "0"));

    assertThat(phone.await(1).getFirst().entry().isPassing()).isTrue();

    FakeConnection late = device("late");
    subscribe(late, AckMode.AUTO);
    push("entry");
    assertThat(late.await(1)).extracting(DeliveryFixture::text).containsExactly("entry");
  }

  @Test
  void aRetractedEntryIsNeitherDeliveredNorDeliveredAgain() throws Exception {
    FakeConnection phone = device("phone");
    subscribe(phone, AckMode.CLIENT_INDIVIDUAL);
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

  @Test
  void aLostBellCostsTimeAndNoMessage() throws Exception {
    FakeConnection phone = device("phone");
    subscribe(phone, AckMode.AUTO);
    store.losesBells = true;
    push("1");
    push("2");
    store.losesBells = false;
    push("3");
    assertThat(phone.await(3)).extracting(DeliveryFixture::text).containsExactly("1", "2", "3");

    store.losesBells = true;
    push("4");
    store.ringLook(INBOX);
    assertThat(phone.await(4)).extracting(DeliveryFixture::text).last().isEqualTo("4");
  }

  @Test
  void whatNobodyRangForIsFoundWithinTenMinutes() throws Exception {
    FakeConnection phone = device("phone");
    subscribe(phone, AckMode.AUTO);
    store.losesBells = true;
    push("1");

    for (int i = 0; i < Feeds.RESTS_A_LOOK; i++) {
      deliveries.feeds().rest();
    }

    assertThat(phone.await(1)).extracting(DeliveryFixture::text).containsExactly("1");
  }

  @Test
  void aLookThatFailsIsRepeated() throws Exception {
    FakeConnection phone = device("phone");
    subscribe(phone, AckMode.AUTO);
    store.losesBells = true;
    push("1");
    store.away = true;
    store.ringLook(INBOX);
    Awaitility.await().until(() -> store.refusals.get() > 0);
    store.away = false;

    assertThat(phone.await(1)).extracting(DeliveryFixture::text).containsExactly("1");
  }

  @Test
  void whileTheStoreIsAwayItWaits() throws Exception {
    push("1");
    store.away = true;
    FakeConnection phone = device("phone");
    CountDownLatch started = new CountDownLatch(1);
    deliveries.subscribe(phone, request("phone", AckMode.AUTO, started::countDown));
    assertThat(started.await(300, TimeUnit.MILLISECONDS)).isFalse();

    store.away = false;

    assertThat(phone.await(1)).hasSize(1);
  }

  @Test
  void whatWaitsComesThoughTheStoreGoesAwayAsSoonAsItListens() throws Exception {
    push("1");
    store.whenListening = () -> store.away = true;
    FakeConnection phone = device("phone");
    deliveries.subscribe(phone, request("phone", AckMode.AUTO, () -> {}));
    Awaitility.await().until(() -> store.refusals.get() > 0);

    store.away = false;

    assertThat(phone.await(1)).extracting(DeliveryFixture::text).containsExactly("1");
  }

  // Alive to its heart-beats and deaf to its log would be the worst of both.
  @Test
  void aDefectOfTheLoopEndsTheConnection() throws Exception {
    push("one");
    store.beforeRead =
        () -> {
          throw new IllegalStateException("a defect, planted by a test");
        };
    FakeConnection phone = device("phone");
    subscribe(phone, AckMode.CLIENT, new From.Earliest());

    Awaitility.await()
        .untilAsserted(() -> assertThat(phone.reasons).containsExactly(CloseReason.DEFECT));
  }
}
