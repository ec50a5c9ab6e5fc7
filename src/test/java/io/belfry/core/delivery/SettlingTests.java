package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.From;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// What settles an entry, and where a device goes on.
class SettlingTests extends DeliveryFixture {
  @Test
  void aFullWindowWaitsForAnAcknowledgement() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT);
    for (int i = 0; i < 9; i++) {
      push("" + i);
    }
    phone.await(4);
    assertThat(phone.received()).hasSize(4);

    phone.acknowledge(phone.offsets().get(3));
    phone.await(8);
    phone.acknowledge(phone.offsets().get(7));

    assertThat(phone.await(9)).extracting(DeliveryFixture::text).last().isEqualTo("8");
  }

  @Test
  void anAcknowledgementInModeClientSettlesAllUpToIt() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT);
    push("1");
    long second = push("2");
    push("3");
    phone.await(3);
    phone.acknowledge(second);
    phone.disconnect();

    Device again = subscribed("phone", AckMode.CLIENT);

    assertThat(again.await(1)).extracting(DeliveryFixture::text).containsExactly("3");
    assertThat(again.received().getFirst().redelivered()).isTrue();
  }

  @Test
  void singleAcknowledgementsAreKeptAcrossConnections() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    push("1");
    long second = push("2");
    push("3");
    phone.await(3);
    phone.acknowledge(second);
    phone.disconnect();

    Device again = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);

    assertThat(again.await(2)).extracting(DeliveryFixture::text).containsExactly("1", "3");
  }

  @Test
  void theCursorIsTheLastSettledOffsetAndNotAhead() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    final long first = push("1");
    final long second = push("2");
    push("3");
    phone.await(3);
    phone.acknowledge(second);
    phone.acknowledge(first);
    deliveries.cursors().flush().join();

    assertThat(phoneCursor().settled()).isEqualTo(second);
  }

  @Test
  void theCursorIsAtTheLastOneOnceAllAreSettledInWhateverOrder() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    final long first = push("1");
    final long second = push("2");
    final long third = push("3");
    phone.await(3);
    phone.acknowledge(third);
    phone.acknowledge(first);
    phone.acknowledge(second);
    deliveries.cursors().flush().join();

    assertThat(phoneCursor().settled()).isEqualTo(third);
    assertThat(phoneCursor().beyond()).isEmpty();
  }

  @Test
  void theCursorIsAtTheLastOneAlsoWhereThatWasSettledOnAnEarlierConnection() throws Exception {
    final long first = push("1");
    final long second = push("2");
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    phone.await(2);
    phone.acknowledge(second);
    phone.disconnect();

    Device again = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    again.await(1);
    again.acknowledge(first);
    deliveries.cursors().flush().join();

    assertThat(phoneCursor().settled()).isEqualTo(second);
  }

  @Test
  void theCursorJoinsWhatWasSettledBeyondWhereTheRestIsAcknowledgedByHttp() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    final long first = push("1");
    final long second = push("2");
    phone.await(2);
    phone.acknowledge(second);

    deliveries.cursors().acknowledge(new CursorKey(INBOX, "alice", "phone"), first);

    assertThat(phoneCursor().settled()).isEqualTo(second);
  }

  @Test
  void theCursorJoinsWhatWasSettledBeyondAlsoWhereNobodyListens() throws Exception {
    final long first = push("1");
    push("2");
    final long third = push("3");
    final long fourth = push("4");
    Device phone = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    phone.await(4);
    phone.acknowledge(third);
    phone.disconnect();
    CursorKey key = new CursorKey(INBOX, "alice", "phone");

    deliveries.cursors().acknowledge(key, first);
    assertThat(phoneCursor().settled()).isEqualTo(first);
    deliveries.cursors().acknowledge(key, phone.offsets().get(1));
    assertThat(phoneCursor().settled()).isEqualTo(third);

    Device again = subscribed("phone", AckMode.CLIENT_INDIVIDUAL);
    assertThat(again.await(1)).extracting(DeliveryFixture::text).containsExactly("4");
    assertThat(again.offsets()).containsExactly(fourth);
  }

  @Test
  void modeAutoSettlesWhatIsWrittenAndNotWhatIsNot() throws Exception {
    Device phone = subscribed("phone", AckMode.AUTO);
    push("1");
    phone.await(1);
    phone.block();
    push("2");
    phone.disconnect();

    Device again = subscribed("phone", AckMode.AUTO);

    assertThat(again.await(1)).extracting(DeliveryFixture::text).containsExactly("2");
  }

  // The two may be connected to two nodes, each of which knows only its own.
  @Test
  void whoseWindowIsFullGoesOnOnceItsDeviceHasAcknowledgedAtAnotherNode() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT);
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
  void aWindowThatIsFullAnewHasNotStoodSoForLong() throws Exception {
    // So many that pauses which went on doubling would be longer than anybody waits here.
    int windows = 10;
    for (int i = 0; i < windows * 4; i++) {
      push("" + i);
    }
    Device phone = subscribed("phone", AckMode.CLIENT, new From.After(0));

    for (int i = 1; i <= windows; i++) {
      long last = phone.await(i * 4).getLast().entry().offset();
      store.merge(
          Map.of(
              new CursorKey(INBOX, "alice", "phone"),
              new CursorState(last, new TreeSet<>(), last, new TreeMap<>())));
    }
    assertThat(phone.offsets()).hasSize(windows * 4).isSorted();
  }

  @Test
  void aWindowThatStaysFullAsksTheStoreLessAndLessOften() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT);
    for (int i = 0; i < 5; i++) {
      push("" + i);
    }
    phone.await(4);
    int before = store.cursorReads.get();

    Awaitility.await().pollDelay(Duration.ofSeconds(4)).until(() -> true);

    // After a quarter of a second, a half, one, two.
    assertThat(store.cursorReads.get() - before).isBetween(1, 5);
  }

  @Test
  void aNewDeviceStartsAtTheHighestCursorOfTheUser() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT);
    push("1");
    long second = push("2");
    push("3");
    phone.await(3);
    phone.acknowledge(second);

    Device laptop = subscribed("laptop", AckMode.CLIENT);

    assertThat(laptop.await(1)).extracting(DeliveryFixture::text).containsExactly("3");
    assertThat(laptop.received().getFirst().redelivered()).isFalse();
  }

  @Test
  void bothConnectionsOfADeviceGetAllAndOneAcknowledgementSettlesItForBoth() throws Exception {
    Device one = subscribed("phone", AckMode.CLIENT);
    Device two = subscribed("phone", AckMode.CLIENT);
    for (int i = 0; i < 4; i++) {
      push("" + i);
    }
    one.await(4);
    two.await(4);

    one.acknowledge(one.offsets().get(3));
    push("4");

    assertThat(two.await(5)).extracting(DeliveryFixture::text).last().isEqualTo("4");
  }
}
