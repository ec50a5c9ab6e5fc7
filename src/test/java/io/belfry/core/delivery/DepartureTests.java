package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// How a node hands its clients over.
class DepartureTests extends DeliveryFixture {
  private static final Duration DRAIN = Duration.ofSeconds(16);

  private long settled(String device) {
    CursorKey key = new CursorKey(INBOX, "alice", device);
    CursorState kept = Objects.requireNonNull(store.of(INBOX, "alice").get(device));
    // Not what the keeper still holds back: what another node would find.
    assertThat(deliveries.cursors().of(key).get(device)).isEqualTo(kept);
    return kept.settled();
  }

  @Test
  void whatIsAcknowledgedOnTheWayOutCountsAndNothingMoreIsDelivered() throws Exception {
    FakeConnection phone = device("phone");
    deliveries.connections().open(phone, true);
    Subscription subscription = subscribe(phone, AckMode.CLIENT);
    push("1");
    long second = push("2");
    phone.await(2);
    phone.onQuiesce(() -> {
      subscription.acknowledge(second);
      push("later");
    });

    Thread drain = Thread.ofVirtual().start(() -> deliveries.drain(DRAIN));
    awaitGoing(phone);

    assertThat(settled("phone")).isEqualTo(second);
    assertThat(phone.received()).extracting(DeliveryFixture::text).containsExactly("1", "2");
    deliveries.connections().closed(phone);
    drain.join();
  }

  @Test
  void whatIsUnderWayIsFinishedAndSettledBeforeTheGoodBye() throws Exception {
    FakeConnection phone = device("phone");
    deliveries.connections().open(phone, true);
    subscribe(phone, AckMode.AUTO);
    push("1");
    phone.await(1);
    phone.block();
    long second = push("2");
    phone.awaitHeldUp();
    phone.onQuiesce(phone::unblock);

    Thread drain = Thread.ofVirtual().start(() -> deliveries.drain(DRAIN));
    awaitGoing(phone);

    assertThat(phone.received()).extracting(DeliveryFixture::text).containsExactly("1", "2");
    assertThat(settled("phone")).isEqualTo(second);
    deliveries.connections().closed(phone);
    drain.join();
  }

  @Test
  void aClientThatTakesNothingIsSentAwayNevertheless() throws Exception {
    FakeConnection phone = device("phone");
    FakeConnection laptop = device("laptop");
    deliveries.connections().open(phone, true);
    deliveries.connections().open(laptop, true);
    subscribe(phone, AckMode.AUTO);
    push("1");
    phone.await(1);
    phone.block();
    push("2");
    phone.awaitHeldUp();

    Thread drain = Thread.ofVirtual().start(() -> deliveries.drain(Duration.ofSeconds(2)));
    awaitGoing(phone);
    awaitGoing(laptop);
    drain.join();

    assertThat(deliveries.connections().count()).isEqualTo(2);
  }

  private static void awaitGoing(FakeConnection connection) throws InterruptedException {
    connection.awaitClose();
    assertThat(connection.reasons).isEqualTo(List.of(CloseReason.GOING));
  }
}
