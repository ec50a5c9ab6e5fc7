package io.belfry.transport.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Destination;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How a connected client pushes, in a transaction and without.
class SendTests extends SessionFixture {
  private static final String TO_ALICE = "SEND\ndestination:/user/alice/queue/notifications\n";

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
  void whatCameBeforeAFrameThatIsRefusedIsAnsweredFirst() {
    Client service = connected("service/push");
    logs.holds = true;

    service.send(TO_ALICE + "receipt:1\n\na");
    service.send("SEND\ndestination:/topic/%zz\nreceipt:2\n\nx");
    service.send(TO_ALICE + "receipt:3\n\nnever");
    assertThat(service.wire.hasNothing()).isTrue();
    logs.held.removeFirst().run();

    assertThat(service.next("RECEIPT").header("receipt-id")).isEqualTo("1");
    assertThat(service.error(1002).header("receipt-id")).isEqualTo("2");
    assertThat(logs.held).isEmpty();
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
}
