package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.From;
import io.belfry.core.log.Retention;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// What is said of entries that `max-messages` dropped before a client had them, or had them behind
/// it.
class GapTests extends DeliveryFixture {
  @Override
  Retention retention() {
    return new Retention(Duration.ofDays(7), 10, Duration.ofDays(30), Duration.ofHours(24));
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
  void aGapIsSpokenAgainUntilSomebodyHasWhatTellsOfIt() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    final long first = settledButForTheFirst(phone);
    final long next = push("10");
    Device broken = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    long before = broken.await(1).getFirst().gapAfter();
    broken.disconnect();
    assertThat(before).isNotEqualTo(Delivery.NO_GAP).isLessThan(first);
    assertThat(phoneCursor().settled()).isEqualTo(before);

    Device again = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);

    assertThat(again.await(1).getFirst().gapAfter()).isEqualTo(before);
    again.acknowledge(next);
    deliveries.cursors().flush().join();
    assertThat(phoneCursor().settled()).isEqualTo(next);
  }

  @Test
  void aGapIsSpokenByALaterConnectionWhereThereIsNothingToTellOfItNow() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    final long first = settledButForTheFirst(phone);
    long gone = push("10");
    store.retract(INBOX, gone);
    Device quiet = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    Awaitility.await().until(() -> Objects.requireNonNull(quiet.reached()) >= gone);
    quiet.disconnect();
    push("11");

    Device again = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);

    assertThat(again.await(1).getFirst().gapAfter())
        .isNotEqualTo(Delivery.NO_GAP)
        .isLessThan(first);
  }

  @Test
  void aGapThatIsReadAgainDoesNotHoldTheCursor() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT);
    final long first = push("0");
    for (int i = 1; i <= 12; i++) {
      long next = push("" + i);
      phone.acknowledge(phone.await(i + 1).get(i).entry().offset());
      assertThat(phone.offsets().get(i)).isEqualTo(next);
    }
    phone.disconnect();
    FakeConnection again = device("phone");
    Subscription subscription =
        subscribe(again, AckMode.CLIENT_INDIVIDUAL, new From.After(first), 20);
    assertThat(again.await(10).getFirst().gapAfter()).isEqualTo(first);
    long next = push("13");
    again.await(11);

    subscription.acknowledge(next);

    deliveries.cursors().flush().join();
    assertThat(phoneCursor().settled()).isEqualTo(next);
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

  // As many as the log keeps, all acknowledged but the first: the next one drops that.
  private long settledButForTheFirst(Device phone) throws InterruptedException {
    long first = push("0");
    for (int i = 1; i < 10; i++) {
      long next = push("" + i);
      phone.acknowledge(phone.await(i + 1).get(i).entry().offset());
      assertThat(phone.offsets().get(i)).isEqualTo(next);
    }
    phone.disconnect();
    return first;
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
}
