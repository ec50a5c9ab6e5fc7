package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.From;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What a client asks for again, behind its cursor.
class RereadTests extends DeliveryFixture {
  @Test
  void anOffsetBehindTheCursorReadsAgainAndMovesNothingBack() throws Exception {
    Device phone = subscribed("phone", AckMode.CLIENT);
    long first = push("1");
    long second = push("2");
    phone.await(2);
    phone.acknowledge(second);
    phone.disconnect();

    Device again = subscribed("phone", AckMode.CLIENT, new From.After(first));
    assertThat(again.await(1)).extracting(DeliveryFixture::text).containsExactly("2");
    again.disconnect();

    assertThat(phoneCursor().settled()).isEqualTo(second);
    again.pass(Duration.ofSeconds(31));
    assertThat(again.received()).hasSize(1);
  }

  @Test
  void whatIsReadAgainFillsTheWindowUntilItIsAcknowledged() throws Exception {
    for (int i = 0; i < 6; i++) {
      push("" + i);
    }
    deliveries.cursors().acknowledge(new CursorKey(INBOX, "alice", "phone"), Long.MAX_VALUE);
    Device phone = subscribed("phone", AckMode.CLIENT, new From.Earliest());
    phone.await(4);
    assertThat(phone.received()).hasSize(4);

    phone.acknowledge(phone.offsets().get(3));

    assertThat(phone.await(6)).hasSize(6);
  }

  @Test
  void aRequestAcknowledgesWhatIsReadAgainWhereNoFrameCan() throws Exception {
    CursorKey key = new CursorKey(INBOX, "alice", "phone");
    for (int i = 0; i < 10; i++) {
      push("" + i);
    }
    deliveries.cursors().acknowledge(key, Long.MAX_VALUE);
    Device phone = subscribed("phone", AckMode.REQUEST, new From.Earliest());
    Device other = subscribed("phone", AckMode.CLIENT, new From.Earliest());
    phone.await(4);
    other.await(4);

    deliveries.cursors().acknowledge(key, phone.offsets().get(3));

    phone.await(8);
    assertThat(other.received()).hasSize(4);
  }

  @Test
  void whereSuchARequestMayHaveBeenMissedWhatIsReadAgainMakesRoom() throws Exception {
    for (int i = 0; i < 6; i++) {
      push("" + i);
    }
    deliveries.cursors().acknowledge(new CursorKey(INBOX, "alice", "phone"), Long.MAX_VALUE);
    Device phone = subscribed("phone", AckMode.REQUEST, new From.Earliest());
    phone.await(4);

    store.ringLook(INBOX);

    assertThat(phone.await(6)).hasSize(6);
  }
}
