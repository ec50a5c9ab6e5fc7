package io.belfry.transport.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.transport.Life;
import io.belfry.transport.Packet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What attackers send in frames that are whole.
class HardeningTests extends SessionFixture {
  private static final String SEND = "SEND\ndestination:/topic/a\nreceipt:7\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/user/alice/queue/notifications",
        "/user/bob/queue/notifications",
        "/user/queue/../queue/notifications",
        "/user//queue/notifications",
        "//user/queue/notifications",
        "/user/queue/notifications/",
        "/user/queue/%2e%2e",
        "/user/queue/..",
        "/user/queue/a%2fb",
        "/user/queue/",
        "/user/queue/a\\nb",
        "/USER/queue/a",
        "/user/queue/ä",
        "/topic/",
        "/topic/..",
        "/topic/a/b",
        "/topic/%61",
        "/queue/a",
        "/app/token",
        "",
        "*",
        "/topic/*"
      })
  void noTrickOfSpellingSubscribesToAnything(String destination) {
    Client bob = connected("bob");

    bob.send("SUBSCRIBE\nid:1\ndestination:" + destination + "\n\n");

    bob.error(1002);
    assertThat(deliveries.feedCount()).isZero();
  }

  @Test
  void aReceiptIdInjectsNoHeader() {
    Client alice = alice();

    alice.send("BEGIN\ntransaction:t\nreceipt:a\\nevil\\c1\\r\n\n");

    ServerFrame receipt = alice.next("RECEIPT");
    assertThat(receipt.headers()).containsOnlyKeys("receipt-id");
    assertThat(receipt.header("receipt-id")).isEqualTo("a\\nevil\\c1\\r");
  }

  @Test
  void aSubscriptionIdInjectsNoHeader() {
    Client alice = alice();

    alice.send("SUBSCRIBE\nid:1\\nevil\\c1\nreceipt:r\ndestination:" + INBOX + "\n\n");
    alice.next("RECEIPT");
    push("hello");

    assertThat(alice.next("MESSAGE").headers()).containsEntry("subscription", "1\\nevil\\c1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ce-a\\nevil\\cx", "ce-a\\cb", "ce- ", "ce-ä", "ce-a\\rb"})
  void aPushInjectsNoHeader(String name) {
    Client pusher = connected("service/push");

    pusher.send("SEND\ndestination:/topic/a\n" + name + ":1\n\nx");

    pusher.error(1002);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "-", "1-", "-1", "a-1", "1-a", "1-1-1", "1--1", "١-١"})
  void anAcknowledgementThatNoMessageHadIsAnError(String id) {
    Client alice = alice();
    alice.subscribe("1", "ack:client");

    alice.send("ACK\nid:" + id + "\n\n");

    alice.error(1002);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9-1", "1-1", "1-99999999999999999999", "99999999999999999999-1", "2147483648-1"})
  void anAcknowledgementOfWhatIsNotInFlightIsPassedOver(String id) {
    Client alice = alice();
    alice.subscribe("1", "ack:client");
    push("a");
    alice.next("MESSAGE");

    alice.send("ACK\nid:" + id + "\nreceipt:r\n\n");

    assertThat(alice.next().header("receipt-id")).isEqualTo("r");
  }

  @Test
  void aStockClientMayAcknowledgeAMessageThatNeedsNone() {
    Client alice = alice();
    alice.subscribe("1", "ack:client");
    push("now", Map.of("TTL", "0"));
    alice.next("MESSAGE");

    alice.send("ACK\nid:undefined\nreceipt:a\n\n");
    alice.send("NACK\nid:\nreceipt:n\n\n");

    assertThat(alice.next().header("receipt-id")).isEqualTo("a");
    assertThat(alice.next().header("receipt-id")).isEqualTo("n");
  }

  @Test
  void aTransactionDoesNotGrowForEver() {
    Client alice = alice();
    alice.subscribe("1", "ack:client");
    alice.send("BEGIN\ntransaction:t\n\n");

    for (int i = 0; i <= Transactions.MAX_STEPS; i++) {
      alice.send("ACK\nid:1-1\ntransaction:t\n\n");
    }

    alice.error(4429);
  }

  @Test
  void aTransactionHoldsNoMoreThanSomeBytes() {
    Client pusher = connected("service/push");
    pusher.send("BEGIN\ntransaction:t\n\n");

    for (int i = 0; i <= Transactions.MIN_BYTES / MAX_BODY; i++) {
      pusher.send(SEND + "transaction:t\n\n" + "x".repeat(MAX_BODY));
    }

    pusher.error(4429);
  }

  @Test
  void theHeadersOfWhatATransactionHoldsCountToo() {
    Client pusher = connected("service/push");
    StringBuilder headers = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      headers.append("ce-a").append(i).append(':').append("x".repeat(8000)).append('\n');
    }
    pusher.send("BEGIN\ntransaction:t\n\n");

    for (int i = 0; i < 5; i++) {
      pusher.send(SEND + headers + "transaction:t\n\nx");
    }

    pusher.error(4429);
  }

  @Test
  void transactionsAreFew() {
    Client alice = alice();

    for (int i = 0; i <= Transactions.MAX_OPEN; i++) {
      alice.send("BEGIN\ntransaction:" + i + "\n\n");
    }

    alice.error(4429);
  }

  @Test
  void subscriptionsAreFew() {
    Client alice = alice();
    for (int i = 0; i < Subscriptions.MAX; i++) {
      alice.subscribe(Integer.toString(i), "destination:/topic/t" + i);
    }

    alice.send("SUBSCRIBE\nid:x\ndestination:/topic/x\nreceipt:r\n\n");

    assertThat(alice.error(4429).header("receipt-id")).isEqualTo("r");
  }

  @Test
  void whoDoesNotReadItsReceiptsIsNotAskedForMore() {
    Client alice = alice();
    alice.wire.block();
    String frame =
        "BEGIN\ntransaction:t\n\n\0ABORT\ntransaction:t\nreceipt:" + "r".repeat(8000) + "\n\n\0";

    boolean more = true;
    int sent = 0;
    while (more && sent < 100) {
      more = alice.sendBytes(frame.getBytes(StandardCharsets.UTF_8), true);
      sent++;
    }

    assertThat(more).isFalse();
    int before = alice.wire.readOns.get();
    alice.wire.unblock();
    for (int i = 0; i < sent; i++) {
      assertThat(alice.next().command()).isEqualTo("RECEIPT");
    }
    assertThat(alice.wire.readOns.get()).isEqualTo(before + 1);
  }

  @Test
  void anErrorHoldsNothingOfATokenOrPayload() {
    Client stranger = stranger();

    stranger.send("CONNECT\naccept-version:1.2\npasscode:bad/secret\n\n");

    assertThat(stranger.error(4401).toString()).doesNotContain("secret");
  }

  @Test
  void afterAnErrorNothingIsDone() {
    Client pusher = connected("service/push");

    pusher.send("NONSENSE\n\n\0SEND\ndestination:" + "/user/alice/queue/notifications" + "\n\nx");
    pusher.send("SEND\ndestination:/user/alice/queue/notifications\n\nx");

    pusher.error(1002);
    assertThat(store.last(ALICE)).isZero();
  }

  @Test
  void whoTricklesAConnectIsCutOff() {
    Client stranger = stranger();
    for (char c : "CONNECT\naccept-ver".toCharArray()) {
      stranger.sendBytes(new byte[] {(byte) c}, true);
      pass(Duration.ofMillis(600));
    }

    stranger.error(4400);
  }

  @Test
  void whoDoesNotAnswerTheGoodByeIsCutOff() {
    Client alice = alice();
    alice.send("NONSENSE\n\n");
    Packet.GoodBye goodBye = alice.goodBye();
    assertThat(goodBye.code()).isEqualTo(1002);
    assertThat(alice.wire.isCut).isFalse();

    pass(Duration.ofNanos(Life.LEAVE_NANOS));

    org.awaitility.Awaitility.await().until(() -> alice.wire.isCut);
  }

  @Test
  void nobodyIsAskedToKeepWhatAnotherPushed() {
    push("for alice", Map.of());
    Client bob = connected("bob");
    bob.subscribe("1", "from:earliest");
    Client alice = alice();
    alice.subscribe("1", "from:earliest");

    assertThat(alice.next("MESSAGE").bodyText()).isEqualTo("for alice");
    assertThat(bob.wire.hasNothing()).isTrue();
  }
}
