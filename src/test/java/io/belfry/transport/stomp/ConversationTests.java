package io.belfry.transport.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Destination;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a connected client can do.
class ConversationTests extends SessionFixture {
  private static final String TO_ALICE = "SEND\ndestination:/user/alice/queue/notifications\n";

  private long settled() {
    return Objects.requireNonNull(store.of(ALICE, "alice").get("phone")).settled();
  }

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
  void anAcknowledgementMovesTheCursor() {
    Client alice = alice();
    alice.subscribe("1", "ack:client");
    push("a");
    long second = push("b");
    alice.next("MESSAGE");
    ServerFrame message = alice.next("MESSAGE");

    alice.send("ACK\nid:" + message.header("ack") + "\n\n");
    alice.send("DISCONNECT\nreceipt:bye\n\n");

    assertThat(alice.next().header("receipt-id")).isEqualTo("bye");
    assertThat(settled()).isGreaterThanOrEqualTo(second);
    assertThat(alice.goodBye().code()).isEqualTo(1000);
  }

  @Test
  void oneAcknowledgementIsOneWhereItIsIndividual() {
    Client alice = alice();
    alice.subscribe("1", "ack:client-individual");
    long first = push("a");
    push("b");
    alice.next("MESSAGE");
    ServerFrame second = alice.next("MESSAGE");

    alice.send("ACK\nid:" + second.header("ack") + "\n\n");
    alice.send("DISCONNECT\nreceipt:bye\n\n");
    alice.next("RECEIPT");

    assertThat(settled()).isLessThan(first);
    Client again = alice();
    again.subscribe("1", "ack:client-individual");
    ServerFrame message = again.next("MESSAGE");
    assertThat(message.bodyText()).isEqualTo("a");
    assertThat(message.header("redelivered")).isEqualTo("true");
    assertThat(again.wire.hasNothing()).isTrue();
  }

  @Test
  void aRefusedMessageComesAgain() {
    Client alice = alice();
    alice.subscribe("1", "ack:client-individual");
    push("a");
    ServerFrame first = alice.next("MESSAGE");

    alice.send("NACK\nid:" + first.header("ack") + "\n\n");

    ServerFrame again = alice.next("MESSAGE");
    assertThat(again.header("redelivered")).isEqualTo("true");
    assertThat(again.header("ack")).isEqualTo(first.header("ack"));
    assertThat(again.header("message-id")).isEqualTo(first.header("message-id"));
  }

  @ParameterizedTest
  @CsvSource({"1.1,client", "1.1,client-individual", "1.0,client"})
  void olderVersionsAcknowledgeByMessageId(String version, String mode) {
    Client alice = older(version);
    alice.subscribe("1", "ack:" + mode);
    long last = push("a");
    ServerFrame message = alice.next("MESSAGE");
    assertThat(message.headers()).doesNotContainKey("ack");
    String subscription = version.equals("1.1") ? "subscription:1\n" : "";

    alice.send("ACK\nmessage-id:" + message.header("message-id") + "\n" + subscription + "\n");
    alice.send("ACK\nmessage-id:unknown\n" + subscription + "\n");
    alice.send("DISCONNECT\nreceipt:bye\n\n");

    assertThat(alice.next().header("receipt-id")).isEqualTo("bye");
    assertThat(settled()).isGreaterThanOrEqualTo(last);
  }

  private Client older(String version) {
    Client alice = stranger();
    alice.send("CONNECT\naccept-version:" + version + "\ndevice:phone\npasscode:alice\n\n");
    assertThat(alice.next().header("version")).isEqualTo(version);
    return alice;
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

  @Test
  void aPushIsAppendedAndItsReceiptComesThen() {
    Client service = connected("service/push");

    service.send(TO_ALICE + "Content-Type:text/plain\nreceipt:r\n\nhello");

    assertThat(service.next().header("receipt-id")).isEqualTo("r");
    assertThat(store.after(ALICE, 0, 10, 1000).entries())
        .singleElement()
        .satisfies(entry -> {
          assertThat(new String(entry.body(), StandardCharsets.UTF_8)).isEqualTo("hello");
          assertThat(entry.contentType()).isEqualTo("text/plain");
        });
  }

  @Test
  void aPushDecodesItsDestinationOnce() {
    Client service = connected("service/push");

    service.send("SEND\ndestination:/user/a%2Bb/queue/q\nreceipt:r\n\nhello");

    service.next("RECEIPT");
    assertThat(store.last(new Destination.Queue("a+b", "q"))).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/topic/%\uff14\uff11", "/topic/%4", "/topic/%zz", "/topic/%2e%2e"})
  void noTrickOfEncodingPushesToAnything(String destination) {
    Client service = connected("service/push");

    service.send("SEND\ndestination:" + destination + "\n\nx");

    assertThat(service.error(1002).header("status")).isEqualTo("400");
  }

  @ParameterizedTest
  @CsvSource({
    "alice,        /user/alice/queue/notifications, '',                 403",
    "service/push, /user/queue/notifications,       '',                 400",
    "service/push, /user/alice/queue/notifications, 'TTL:x',            400",
    "service/push, /user/alice/queue/notifications, 'Urgency:x',        400",
    "service/push, /app/other,                      '',                 400"
  })
  void aPushThatCannotBeIsAnError(String token, String destination, String header, int status) {
    Client client = connected(token);
    String more = header.isEmpty() ? "" : header + "\n";

    client.send("SEND\ndestination:" + destination + "\nreceipt:r\n" + more + "\nx");

    ServerFrame error = client.error(1002);
    assertThat(error.header("status")).isEqualTo(Integer.toString(status));
    assertThat(error.header("receipt-id")).isEqualTo("r");
    assertThat(store.last(ALICE)).isZero();
  }

  @Test
  void aKeyUsedForOtherBytesIsAnError() {
    Client service = connected("service/push");
    service.send(TO_ALICE + "idempotency-key:k\nreceipt:1\n\na");
    service.send(TO_ALICE + "idempotency-key:k\nreceipt:2\n\na");
    assertThat(service.next().header("receipt-id")).isEqualTo("1");
    assertThat(service.next().header("receipt-id")).isEqualTo("2");

    service.send(TO_ALICE + "idempotency-key:k\nreceipt:3\n\nb");

    ServerFrame error = service.error(1002);
    assertThat(error.header("status")).isEqualTo("422");
    assertThat(error.header("receipt-id")).isEqualTo("3");
    assertThat(store.after(ALICE, 0, 10, 1000).entries()).hasSize(1);
  }

  @Test
  void aStoreThatIsAwayIsAnErrorThatSaysTryAgain() {
    Client service = connected("service/push");
    store.away = true;

    service.send(TO_ALICE + "receipt:r\n\nx");

    assertThat(service.error(1002).header("status")).isEqualTo("503");
  }

  @Test
  void receiptsComeInTheOrderOfTheFrames() {
    Client service = connected("service/push");
    logs.holds = true;

    service.send(TO_ALICE + "receipt:1\n\na");
    service.send(TO_ALICE + "receipt:2\n\nb");
    service.send("BEGIN\ntransaction:t\nreceipt:3\n\n");
    logs.held.removeLast().run();
    assertThat(service.wire.hasNothing()).isTrue();
    logs.held.removeLast().run();

    for (int i = 1; i <= 3; i++) {
      assertThat(service.next().header("receipt-id")).isEqualTo(Integer.toString(i));
    }
  }

  @Test
  void readingStopsWhileTooMuchIsBeingAppended() {
    Client service = connected("service/push");
    int before = service.wire.readOns.get();
    logs.holds = true;

    boolean more = true;
    int sent = 0;
    while (more && sent < 1000) {
      more = service.send(TO_ALICE + "receipt:" + sent + "\n\nx");
      sent++;
    }

    assertThat(sent).isBetween(10, 100);
    while (!logs.held.isEmpty()) {
      logs.held.removeFirst().run();
    }
    assertThat(service.wire.readOns).hasValue(before + 1);
    for (int i = 0; i < sent; i++) {
      assertThat(service.next().header("receipt-id")).isEqualTo(Integer.toString(i));
    }
  }

  @Test
  void aTransactionIsDoneAtItsCommit() {
    Client service = connected("service/push");
    service.send("BEGIN\ntransaction:t\nreceipt:1\n\n");
    service.send(TO_ALICE + "transaction:t\nreceipt:2\n\na");
    service.send(TO_ALICE + "transaction:t\n\nb");
    assertThat(service.next().header("receipt-id")).isEqualTo("1");
    assertThat(service.next().header("receipt-id")).isEqualTo("2");
    assertThat(store.last(ALICE)).isZero();
    logs.holds = true;

    service.send("COMMIT\ntransaction:t\nreceipt:3\n\n");
    assertThat(service.wire.hasNothing()).isTrue();
    logs.held.removeFirst().run();
    assertThat(service.wire.hasNothing()).isTrue();
    logs.held.removeFirst().run();

    assertThat(service.next().header("receipt-id")).isEqualTo("3");
    assertThat(store.after(ALICE, 0, 10, 1000).entries()).hasSize(2);
  }

  @Test
  void whatFailsAtACommitNamesTheCommit() {
    Client service = connected("service/push");
    service.send("BEGIN\ntransaction:t\n\n");
    service.send(TO_ALICE + "idempotency-key:k\ntransaction:t\nreceipt:1\n\na");
    service.send(TO_ALICE + "idempotency-key:k\ntransaction:t\nreceipt:2\n\nb");
    service.next("RECEIPT");
    service.next("RECEIPT");

    service.send("COMMIT\ntransaction:t\nreceipt:3\n\n");

    ServerFrame error = service.error(1002);
    assertThat(error.header("status")).isEqualTo("422");
    assertThat(error.header("receipt-id")).isEqualTo("3");
  }

  @Test
  void anAbortedTransactionDidNothing() {
    Client service = connected("service/push");
    service.send("BEGIN\ntransaction:t\n\n");
    service.send(TO_ALICE + "transaction:t\n\na");
    service.send("ABORT\ntransaction:t\nreceipt:r\n\n");
    assertThat(service.next().header("receipt-id")).isEqualTo("r");
    assertThat(store.last(ALICE)).isZero();

    service.send("COMMIT\ntransaction:t\n\n");
    service.error(1002);
  }

  @Test
  void anAcknowledgementWaitsForItsTransaction() {
    Client alice = alice();
    alice.subscribe("1", "ack:client", "prefetch-count:1");
    push("a");
    push("b");
    ServerFrame first = alice.next("MESSAGE");
    alice.send("BEGIN\ntransaction:t\n\n");
    alice.send("ACK\nid:" + first.header("ack") + "\ntransaction:t\nreceipt:a\n\n");
    assertThat(alice.next().header("receipt-id")).isEqualTo("a");
    assertThat(alice.wire.hasNothing()).isTrue();

    alice.send("COMMIT\ntransaction:t\n\n");

    assertThat(alice.next("MESSAGE").bodyText()).isEqualTo("b");
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
  void aDisconnectWaitsForWhatIsBeingAppended() {
    Client service = connected("service/push");
    logs.holds = true;
    service.send(TO_ALICE + "receipt:1\n\na");

    service.send("DISCONNECT\nreceipt:2\n\n\0NONSENSE\n\n");
    assertThat(service.wire.hasNothing()).isTrue();
    logs.held.removeFirst().run();

    assertThat(service.next().header("receipt-id")).isEqualTo("1");
    assertThat(service.next().header("receipt-id")).isEqualTo("2");
    assertThat(service.goodBye().code()).isEqualTo(1000);
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
