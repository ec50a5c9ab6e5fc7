package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.From;
import io.belfry.core.log.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// What comes to a subscription, and when.
class DeliveryTests extends DeliveryFixture {
  @Override
  Retention retention() {
    return new Retention(Duration.ofDays(7), 10, Duration.ofDays(30), Duration.ofHours(24));
  }

  @Test
  void whatWaitedAndWhatComesAreDeliveredOnceAndInOrder() throws Exception {
    push("1");
    push("2");
    Device phone = subscribed("phone", AckMode.AUTO);
    phone.await(2);
    push("3");

    assertThat(phone.await(3)).extracting(DeliveryFixture::text).containsExactly("1", "2", "3");
    assertThat(phone.received()).noneMatch(Delivery::redelivered);
  }

  @Test
  void aLiveDeliveryReadsTheStoreZeroTimes() throws Exception {
    Device phone = subscribed("phone", AckMode.AUTO);
    int before = store.reads.get();
    for (int i = 0; i < 50; i++) {
      push("live " + i);
      phone.await(i + 1);
    }

    assertThat(store.reads.get()).isEqualTo(before);
  }

  @Test
  void whoIsBehindReadsNothingFromTheStoreWhileOthersKeepUp() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT);
    Device laptop = subscribed("laptop", AckMode.AUTO);
    List<Long> offsets = pushOneByOne(laptop, 9);
    int before = store.reads.get();
    phone.acknowledge(offsets.get(3));
    phone.await(8);
    phone.acknowledge(offsets.get(7));

    assertThat(phone.await(9)).extracting(DeliveryFixture::text).endsWith("8");
    assertThat(store.reads.get()).isEqualTo(before);
  }

  @Test
  void whatAllHaveHadIsNotKeptInMemory() throws Exception {
    Device phone = subscribed("phone", AckMode.AUTO);
    List<Long> offsets = pushOneByOne(phone, 5);
    int before = store.reads.get();

    Device tablet = subscribed("tablet", AckMode.AUTO, new From.After(offsets.getFirst()));

    assertThat(tablet.await(4)).extracting(DeliveryFixture::text).endsWith("4");
    assertThat(store.reads.get()).isGreaterThan(before);
  }

  /// Each once the one before has come to this device.
  private List<Long> pushOneByOne(Device reader, int count) throws InterruptedException {
    List<Long> offsets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      offsets.add(push("" + i));
      Awaitility.await().until(() -> offsets.getLast().equals(reader.reached()));
    }
    return offsets;
  }

  @Test
  void aGapIsSpoken() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT);
    long first = push("0");
    phone.await(1);
    phone.acknowledge(first);
    phone.disconnect();
    for (int i = 1; i <= 12; i++) {
      push("" + i);
    }

    Device again = subscribed("phone", AckMode.CLIENT);

    List<Delivery> received = again.await(4);
    assertThat(received.getFirst().gapAfter()).isEqualTo(first);
    assertThat(text(received.getFirst())).isEqualTo("3");
    assertThat(received.subList(1, 4)).noneMatch(Delivery::hasGap);
  }

  @Test
  void whatIsDroppedInFlightIsAGapForTheNextConnection() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    long first = dropInFlight(phone);
    phone.await(5);
    phone.disconnect();

    Device again = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);

    Delivery told = again.await(1).getFirst();
    assertThat(text(told)).isEqualTo("5");
    assertThat(told.gapAfter()).isNotEqualTo(Delivery.NO_GAP).isLessThan(first);
  }

  @Test
  void whoAcknowledgesWhatTellsOfAGapHasItBehind() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    long first = dropInFlight(phone);
    Delivery told = phone.await(8).get(4);
    long next = phone.offsets().get(5);

    assertThat(told.gapAfter()).isEqualTo(first - 1);
    assertThat(phone.received().subList(5, 8)).noneMatch(Delivery::hasGap);
    phone.acknowledge(next);
    deliveries.cursors().flush().join();
    assertThat(phoneCursor().settled()).isLessThan(first);
    phone.acknowledge(told.entry().offset());
    deliveries.cursors().flush().join();
    assertThat(phoneCursor().settled()).isEqualTo(next);
  }

  @Test
  void whatIsDroppedInFlightIsSpokenOfAlsoWhereNothingComesAgain() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription =
        subscribe(phone, AckMode.CLIENT_INDIVIDUAL, new From.Cursor(), 4, false);
    final long first = push("0");
    for (int i = 1; i <= 14; i++) {
      long next = push("" + i);
      phone.await(i + 1);
      subscription.acknowledge(next);
    }
    phone.pass(Duration.ofSeconds(31));
    Awaitility.await()
        .until(() -> {
          long next = push("more");
          Awaitility.await().until(() -> phone.offsets().contains(next));
          subscription.acknowledge(next);
          return phone.received().stream().anyMatch(Delivery::hasGap);
        });
    deliveries.cursors().flush().join();

    assertThat(phoneCursor().settled()).isGreaterThan(first);
    assertThat(phone.received()).noneMatch(Delivery::redelivered);
  }

  @Test
  void whatIsDroppedInFlightIsStillTheClientsWhereNothingComesAgain() throws Exception {
    FakeConnection phone = device("phone");
    final Subscription subscription =
        subscribe(phone, AckMode.CLIENT_INDIVIDUAL, new From.Cursor(), 4, false);
    final long first = push("0");
    for (int i = 1; i <= 14; i++) {
      push("" + i);
      phone.await(Math.min(i + 1, 4));
    }
    phone.pass(Duration.ofSeconds(31));
    Awaitility.await().pollDelay(Duration.ofMillis(500)).until(() -> true);
    assertThat(phone.received()).hasSize(4);

    subscription.acknowledge(first);

    assertThat(phone.await(5).getLast().gapAfter()).isEqualTo(first - 1);
  }

  @Test
  void whatIsDroppedBeforeItIsADeadLetterIsSpokenOf() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    final long first = push("0");
    phone.await(1);
    store.deadLetters().beforeAdd =
        () -> {
          for (int i = 1; i <= 10; i++) {
            push("" + i);
          }
        };
    phone.reject(first, "never");

    assertThat(phone.await(2).get(1).gapAfter()).isEqualTo(first - 1);
    assertThat(store.deadLetters().after(0, 10)).isEmpty();
    assertThat(deliveries.counters().deadLetters()).isZero();
  }

  @Test
  void whatIsDroppedInFlightTakesNoMoreThanAnotherWindow() {
    Window window = new Window(2, Duration.ofSeconds(30));
    for (long offset = 1; offset <= 9; offset++) {
      window.register(offset, Flight.Kind.DELIVERED, 0);
      assertThat(window.drop(offset)).isEqualTo(1);
      assertThat(window.drop(offset)).isNull();
      assertThat(window.room()).isEqualTo(2);
    }

    assertThat(window.oldestUnsettled()).isEqualTo(1);
    assertThat(window.removeDropped(9)).extracting(f -> f.offset).containsExactly(1L, 8L, 9L);
    assertThat(window.room()).isEqualTo(2);
  }

  // Fills the window with entries that are dropped before they are acknowledged.
  private long dropInFlight(Device phone) throws InterruptedException {
    long first = push("0");
    for (int i = 1; i <= 14; i++) {
      push("" + i);
      phone.await(Math.min(i + 1, 4));
    }
    phone.pass(Duration.ofSeconds(31));
    return first;
  }

  @Test
  void aPassingMessageIsForWhoHasRoom() throws Exception {
    Device phone = subscribed("phone", AckMode.AUTO);
    push("now", Map.of("TTL", "0"));

    assertThat(phone.await(1).getFirst().entry().isPassing()).isTrue();

    Device late = subscribed("late", AckMode.AUTO);
    push("entry");
    assertThat(late.await(1)).extracting(DeliveryFixture::text).containsExactly("entry");
  }

  @Test
  void aLostBellCostsTimeAndNoMessage() throws Exception {
    Device phone = subscribed("phone", AckMode.AUTO);
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
  void whatWasRetractedWhileBellsWereLostIsNotDelivered() throws Exception {
    FakeConnection phone = device("phone");
    Subscription subscription = subscribe(phone, AckMode.CLIENT_INDIVIDUAL, new From.Cursor(), 1);
    long first = push("1");
    phone.await(1);
    long retracted = push("2");
    store.losesBells = true;
    store.retract(INBOX, retracted);
    store.losesBells = false;
    store.ringLook(INBOX);
    push("3");
    subscription.acknowledge(first);

    assertThat(phone.await(2)).extracting(DeliveryFixture::text).containsExactly("1", "3");
  }

  @Test
  void whatNobodyRangForIsFoundWithinTenMinutes() throws Exception {
    Device phone = subscribed("phone", AckMode.AUTO);
    store.losesBells = true;
    push("1");

    for (int i = 0; i < Feeds.RESTS_A_LOOK; i++) {
      deliveries.feeds().rest();
    }

    assertThat(phone.await(1)).extracting(DeliveryFixture::text).containsExactly("1");
  }

  @Test
  void aLookThatFailsIsRepeated() throws Exception {
    Device phone = subscribed("phone", AckMode.AUTO);
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
    Device phone = subscribed("phone", AckMode.CLIENT, new From.Earliest());

    // It is told as an uncaught exception, which would fail the wait.
    Awaitility.await()
        .dontCatchUncaughtExceptions()
        .untilAsserted(() -> assertThat(phone.reasons).containsExactly(CloseReason.DEFECT));
  }
}
