package io.belfry.transport.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How a connected client acknowledges and refuses.
class AckTests extends SessionFixture {
  private long settled() {
    return Objects.requireNonNull(store.of(ALICE, "alice").get("phone")).settled();
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
}
