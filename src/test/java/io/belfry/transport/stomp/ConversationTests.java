package io.belfry.transport.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.log.CursorKey;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a connected client can do: how it subscribes, and what comes then.
class ConversationTests extends SessionFixture {
  @Test
  void aMessageSaysWhatItIs() {
    Client alice = alice();
    alice.subscribe("s1");

    long offset =
        push(
            "{\"a\":1}",
            Map.of("Content-Type", "application/json", "CE-Type", "a:b", "Urgency", "high"));

    ServerFrame message = alice.next("MESSAGE");
    assertThat(message.text()).isTrue();
    assertThat(message.bodyText()).isEqualTo("{\"a\":1}");
    assertThat(message.headers())
        .containsEntry("subscription", "s1")
        .containsEntry("destination", INBOX)
        .containsEntry("offset", Long.toString(offset))
        .containsEntry("content-type", "application/json")
        .containsEntry("content-length", "7")
        .containsEntry("ce-type", "a\\cb")
        .containsEntry("urgency", "high")
        .containsKeys("message-id", "timestamp")
        .doesNotContainKeys("ack", "redelivered", "gap-after");
    long timestamp = Long.parseLong(message.header("timestamp"));
    assertThat(timestamp)
        .isCloseTo(System.currentTimeMillis(), org.assertj.core.data.Offset.offset(60_000L));
  }

  @Test
  void aBodyThatIsNoTextComesInABinaryMessage() {
    Client alice = alice();
    alice.subscribe("1");

    push(new byte[] {0, -1, 7}, Map.of("Content-Type", "application/octet-stream"));

    ServerFrame message = alice.next("MESSAGE");
    assertThat(message.text()).isFalse();
    assertThat(message.body()).containsExactly(0, -1, 7);
  }

  @Test
  void aPassingMessageHasNoOffset() {
    Client alice = alice();
    alice.subscribe("1", "ack:client");

    push("now", Map.of("TTL", "0"));

    assertThat(alice.next("MESSAGE").headers()).doesNotContainKeys("offset", "ack");
  }

  @Test
  void inTheFirstVersionADestinationIsEnough() {
    Client alice = older("1.0");
    alice.send("SUBSCRIBE\ndestination:" + INBOX + "\nreceipt:s\n\n");
    alice.next("RECEIPT");

    push("a\\b", Map.of("ce-path", "c:\\d"));

    ServerFrame message = alice.next("MESSAGE");
    assertThat(message.header("subscription")).isEqualTo(INBOX);
    assertThat(message.header("ce-path")).isEqualTo("c:\\d");
    alice.send("UNSUBSCRIBE\ndestination:" + INBOX + "\nreceipt:u\n\n");
    assertThat(alice.next().header("receipt-id")).isEqualTo("u");
  }

  @Test
  void inTheFirstVersionHeadersMayBePadded() {
    Client alice = older("1.0");

    alice.send("SUBSCRIBE\ndestination: " + INBOX + "\nack: client\nreceipt : s\n\n");

    assertThat(alice.next("RECEIPT").header("receipt-id")).isEqualTo("s");
  }

  @Test
  void inLaterVersionsASpaceIsPartOfAHeader() {
    Client alice = older("1.1");

    alice.send("SUBSCRIBE\nid:1\ndestination: " + INBOX + "\nreceipt: s\n\n");

    assertThat(alice.error(1002).header("receipt-id")).isEqualTo(" s");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "destination:/user/queue/a\n",
        "id:1\n",
        "id:1\ndestination:/user/queue/a\nack:perhaps\n",
        "id:1\ndestination:/user/queue/a\nprefetch-count:0\n",
        "id:1\ndestination:/user/queue/a\nprefetch-count:-1\n",
        "id:1\ndestination:/user/queue/a\nprefetch-count:\n",
        "id:1\ndestination:/user/queue/a\nprefetch-count:many\n",
        "id:1\ndestination:/user/queue/a\nfrom:yesterday\n",
        "id:1\ndestination:/user/queue/a\nfrom:-1\n",
        "id:0\ndestination:/user/queue/a\n",
      })
  void aBadSubscribeIsAnError(String headers) {
    Client alice = alice();
    alice.subscribe("0");

    alice.send("SUBSCRIBE\n" + headers + "receipt:r\n\n");

    assertThat(alice.error(1002).header("receipt-id")).isEqualTo("r");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10000", "10001", "99999999999999999999999"})
  void aLargePrefetchCountIsTaken(String count) {
    alice().subscribe("1", "ack:client", "prefetch-count:" + count);
  }

  @Test
  void aWindowHoldsBackWhatIsBeyondIt() {
    Client alice = alice();
    alice.subscribe("1", "ack:client", "prefetch-count:1");
    push("a");
    push("b");
    ServerFrame first = alice.next("MESSAGE");
    assertThat(alice.wire.hasNothing()).isTrue();

    alice.send("ACK\nid:" + first.header("ack") + "\n\n");

    assertThat(alice.next("MESSAGE").bodyText()).isEqualTo("b");
  }

  @Test
  void fromSaysWhereToStart() {
    long first = push("a");
    push("b");
    Client alice = alice();

    alice.subscribe("1", "from:" + first);
    assertThat(alice.next("MESSAGE").bodyText()).isEqualTo("b");
    alice.subscribe("2", "from:earliest");
    assertThat(alice.next("MESSAGE").bodyText()).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"9007199254740991", "9223372036854775807", "99999999999999999999999999"})
  void anOffsetBeyondTheLastCountsAsTheLast(String from) {
    push("a");
    Client alice = alice();

    alice.subscribe("1", "from:" + from);
    push("b");

    assertThat(alice.next("MESSAGE").bodyText()).isEqualTo("b");
  }

  @Test
  void framesWaitForTheStartOfASubscriptionAndNoThreadDoes() {
    Client alice = alice();
    int before = alice.wire.readOns.get();
    store.away = true;

    boolean more =
        alice.send(
            "SUBSCRIBE\nid:1\ndestination:"
                + INBOX
                + "\nreceipt:s\n\n\0"
                + "BEGIN\ntransaction:t\nreceipt:b\n\n");

    assertThat(more).isFalse();
    assertThat(alice.wire.hasNothing()).isTrue();
    store.away = false;
    assertThat(alice.next().header("receipt-id")).isEqualTo("s");
    assertThat(alice.next().header("receipt-id")).isEqualTo("b");
    await().until(() -> alice.wire.readOns.get() == before + 1);
  }

  @Test
  void nothingComesAfterAnUnsubscribe() {
    Client alice = alice();
    alice.subscribe("1");
    alice.send("UNSUBSCRIBE\nid:1\nreceipt:u\n\n");
    assertThat(alice.next().header("receipt-id")).isEqualTo("u");
    push("a");
    alice.subscribe("2");

    ServerFrame message = alice.next("MESSAGE");
    assertThat(message.header("subscription")).isEqualTo("2");
    alice.send("UNSUBSCRIBE\nid:1\n\n");
    alice.error(1002);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN\n\n",
        "COMMIT\ntransaction:x\n\n",
        "ABORT\ntransaction:x\n\n",
        "ACK\n\n",
        "ACK\nid:1-1\ntransaction:x\n\n",
        "NACK\nmessage-id:1\nsubscription:1\n\n",
        "SEND\n\nx",
        "UNSUBSCRIBE\n\n",
        "BEGIN\ntransaction:t\n\n\0BEGIN\ntransaction:t\n\n",
      })
  void whatIsIncompleteIsAnError(String frame) {
    Client client = connected("service/push");

    client.send(frame);

    client.error(1002);
    assertThat(counters.errors(CloseReason.PROTOCOL)).isEqualTo(1);
  }

  @Test
  void aDisconnectWithoutAReceiptClosesToo() {
    Client alice = alice();

    alice.send("DISCONNECT\n\n");

    assertThat(alice.goodBye().code()).isEqualTo(1000);
  }

  @Test
  void withoutADeviceTheUsersOwnCursorIsShared() {
    push("a");
    Client alice = connected("alice");
    alice.subscribe("1");
    alice.next("MESSAGE");
    alice.send("DISCONNECT\nreceipt:bye\n\n");
    alice.next("RECEIPT");

    assertThat(store.of(ALICE, "alice")).containsOnlyKeys(CursorKey.SHARED);
  }

  @Test
  void aHoleIsSpokenOf() {
    Client alice = alice();
    alice.subscribe("1", "ack:client");
    long first = push("a");
    alice.next("MESSAGE");
    alice.session.ended();
    for (int i = 0; i < 1001; i++) {
      push("x" + i);
    }

    Client again = alice();
    again.subscribe("1", "ack:client", "from:" + first);

    assertThat(again.next("MESSAGE").header("gap-after")).isEqualTo(Long.toString(first));
    assertThat(again.next("MESSAGE").headers()).doesNotContainKey("gap-after");
  }
}
