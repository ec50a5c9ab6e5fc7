package io.belfry.transport.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.log.Presence;
import io.belfry.transport.Packet;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How a session lives and ends.
class StompSessionTests extends SessionFixture {
  @Test
  void whoDoesNotConnectWithinTenSecondsIsTold() {
    Client stranger = stranger();

    pass(Duration.ofSeconds(9));
    stranger.session.tick();
    assertThat(stranger.wire.hasNothing()).isTrue();
    pass(Duration.ofSeconds(1));

    stranger.error(4400);
  }

  @Test
  void aUserHasSoManyConnectionsAndAServiceAny() {
    for (int i = 0; i < 3; i++) {
      connected("alice");
    }
    Client fourth = stranger();
    fourth.send("CONNECT\naccept-version:1.2\npasscode:alice\n\n");
    fourth.error(4429);

    connected("alice/push");
  }

  @Test
  void anEndedConnectionIsForgotten() {
    Client alice = alice();
    alice.subscribe("1");
    assertThat(store.presence().of("alice"))
        .singleElement()
        .satisfies(session -> {
          assertThat(session.device()).isEqualTo("phone");
          assertThat(session.transport()).isEqualTo("stomp");
          assertThat(session.node()).isEqualTo("test-node");
        });

    alice.session.ended();

    assertThat(deliveries.connections().count()).isZero();
    assertThat(store.presence().of("alice")).isEmpty();
    assertThat(counters.closes(CloseReason.CLIENT_WENT)).isEqualTo(1);
  }

  @Test
  void anOperatorDisconnects() {
    Client alice = alice();

    store.presence().signal(new Presence.Signal.Disconnect("alice"));

    alice.error(4403);
  }

  @Test
  void aGoingNodeSaysSoWithoutAnError() {
    Client alice = alice();
    Client stranger = stranger();

    Thread drain = Thread.ofVirtual().start(() -> deliveries.drain(Duration.ofMillis(200)));

    assertThat(alice.wire.next())
        .isInstanceOfSatisfying(
            Packet.GoodBye.class, bye -> assertThat(bye.code()).isEqualTo(1012));
    assertThat(stranger.goodBye().code()).isEqualTo(1012);
    Client late = stranger();
    assertThat(late.goodBye().code()).isEqualTo(1012);
    drain.interrupt();
  }

  @Test
  void aTokensEndIsTheConnectionsEnd() {
    Client alice = connected("alice/until/" + (seconds.get() + 60));

    seconds.addAndGet(61);
    pass(Duration.ofMinutes(1));

    assertThat(alice.error(4401).header("message")).contains("expired");
  }

  @Test
  void aFreshTokenKeepsTheConnection() {
    Client alice = connected("alice/until/" + (seconds.get() + 60));

    alice.send("SEND\ndestination:/app/token\nreceipt:r\n\nalice/until/" + (seconds.get() + 600));
    assertThat(alice.next().header("receipt-id")).isEqualTo("r");
    alice.awaitReading();
    seconds.addAndGet(61);
    pass(Duration.ofSeconds(11));
    await().until(() -> alice.wire.pings.get() > 0);
    assertThat(alice.wire.hasNothing()).isTrue();
    seconds.addAndGet(600);
    pass(Duration.ofMinutes(10));

    alice.error(4401);
  }

  @Test
  void aFreshTokenThatEndsSoonerEndsTheConnectionSooner() {
    Client alice = connected("alice/until/" + (seconds.get() + 600));
    alice.send("SEND\ndestination:/app/token\n\nalice/until/" + (seconds.get() + 5));
    alice.awaitReading();

    seconds.addAndGet(6);
    pass(Duration.ofSeconds(6));

    alice.error(4401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bob", "bad", "", "not a token"})
  void aFreshTokenIsOneOfTheSameUser(String token) {
    Client alice = alice();

    alice.send("SEND\ndestination:/app/token\nreceipt:r\n\n" + token);

    assertThat(alice.error(4401).header("receipt-id")).isEqualTo("r");
  }

  @Test
  void theServerPingsAndASilentClientIsDropped() {
    Client alice = alice();

    for (int i = 1; i <= 2; i++) {
      pass(HEARTBEAT);
      int pings = i;
      await().until(() -> alice.wire.pings.get() == pings);
    }
    pass(HEARTBEAT);

    alice.error(4408);
  }

  @Test
  void aPongIsASignOfLife() {
    Client alice = alice();

    for (int i = 1; i <= 6; i++) {
      pass(HEARTBEAT);
      alice.session.alive();
      int pings = i;
      await().until(() -> alice.wire.pings.get() == pings);
    }

    assertThat(alice.wire.hasNothing()).isTrue();
  }

  @Test
  void silenceDoesNotCountWhileTheClientTakesNoBytes() {
    Client alice = alice();
    alice.subscribe("1");
    alice.wire.block();
    push("hello");
    await().until(alice.wire::isHolding);

    pass(HEARTBEAT.multipliedBy(4));
    alice.session.tick();
    alice.wire.unblock();
    pass(Duration.ofSeconds(2));
    alice.session.tick();

    assertThat(alice.next().command()).isEqualTo("MESSAGE");
    assertThat(alice.wire.hasNothing()).isTrue();
  }

  @Test
  void silenceDoesNotCountWhileReadingStands() {
    Client alice = alice();
    store.away = true;
    assertThat(alice.send("SUBSCRIBE\nid:1\ndestination:" + INBOX + "\nreceipt:s\n\n")).isFalse();

    for (int i = 0; i < 5; i++) {
      pass(HEARTBEAT);
      alice.session.tick();
    }
    store.away = false;

    assertThat(alice.next().header("receipt-id")).isEqualTo("s");
  }

  @Test
  void whatStandsIsReadOnceTheConnectionEnds() {
    Client alice = alice();
    int before = alice.wire.readOns.get();
    store.away = true;
    assertThat(alice.send("SUBSCRIBE\nid:1\ndestination:" + INBOX + "\n\n")).isFalse();

    alice.session.close(CloseReason.OPERATOR);

    assertThat(alice.wire.readOns).hasValue(before + 1);
    assertThat(alice.sendBytes(new byte[100], true)).isTrue();
    alice.error(4403);
    store.away = false;
  }

  @Test
  void whoWantsHeartBeatsGetsThem() {
    Client alice = connected("alice", "heart-beat:0,5000");

    pass(HEARTBEAT);
    assertThat(alice.wire.next(packet -> true)).isEqualTo(ServerFrames.HEART_BEAT);

    Client bob = connected("bob");
    pass(HEARTBEAT);
    await().until(() -> bob.wire.pings.get() > 0);
    assertThat(bob.wire.hasNothing()).isTrue();
  }

  @Test
  void onAPlainWireSilenceIsWhatTheClientPromised() {
    Client quiet = stranger();
    quiet.wire.answersPings = false;
    quiet.send("CONNECT\naccept-version:1.2\npasscode:alice\nheart-beat:0,0\n\n");
    quiet.next("CONNECTED");
    Client promised = stranger();
    promised.wire.answersPings = false;
    promised.send("CONNECT\naccept-version:1.2\npasscode:alice\nheart-beat:20000,0\n\n");
    promised.next("CONNECTED");
    // Reading stands while a CONNECT is handled, and silence does not count then.
    promised.send("BEGIN\ntransaction:t\nreceipt:reads\n\n");
    promised.next("RECEIPT");

    pass(Duration.ofSeconds(59));
    promised.session.tick();
    assertThat(promised.wire.hasNothing()).isTrue();
    pass(Duration.ofSeconds(1));

    promised.error(4408);
    pass(Duration.ofDays(1));
    quiet.session.tick();
    assertThat(quiet.wire.hasNothing()).isTrue();
  }

  @Test
  void aCloseOnAFullSocketLetsGoOfWhoWaits() throws Exception {
    Client alice = alice();
    alice.subscribe("1");
    alice.wire.block();
    push("hello");
    await().until(alice.wire::isHolding);

    alice.session.close(CloseReason.OPERATOR);
    pass(Duration.ofSeconds(5));
    await().until(() -> alice.wire.isCut);
    alice.session.ended();

    assertThat(deliveries.connections().count()).isZero();
    alice.wire.unblock();
    assertThat(alice.next().command()).isEqualTo("MESSAGE");
    assertThat(alice.wire.hasNothing()).isTrue();
  }
}
