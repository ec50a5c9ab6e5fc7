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
  void aPassingMessageIsForWhoHasRoom() throws Exception {
    Device phone = subscribed("phone", AckMode.AUTO);
    push("now", Map.of("TTL", "0"));

    assertThat(phone.await(1).getFirst().entry().isPassing()).isTrue();

    Device late = subscribed("late", AckMode.AUTO);
    push("entry");
    assertThat(late.await(1)).extracting(DeliveryFixture::text).containsExactly("entry");
  }

  @Test
  void ofPassingMessagesNoMoreWaitThanFitIntoAWriteWithTheirHeaders() throws Exception {
    Device phone = subscribed("phone", AckMode.AUTO);
    Map<String, String> large = Map.of("TTL", "0", "ce-a", "x".repeat(40 * 1024));
    phone.block();
    push("entry");
    phone.awaitHeldUp();
    push("fits", large);
    push("does not", large);
    push("fits too", Map.of("TTL", "0"));

    phone.unblock();

    assertThat(phone.await(3))
        .extracting(DeliveryFixture::text)
        .containsExactly("entry", "fits", "fits too");
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
