package io.belfry.transport.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.security.Caller;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How a session begins: what `CONNECT` may say, and who is turned away.
class ConnectTests extends SessionFixture {
  private static final Caller ALICE_SHOWN = new Caller("alice", false, false, Instant.MAX);

  @Test
  void connectedSaysWhoAndWhat() {
    Client alice = stranger();

    alice.send("CONNECT\naccept-version:1.1,1.2\nAuthorization:Bearer alice\n\n");

    ServerFrame connected = alice.next("CONNECTED");
    assertThat(connected.headers())
        .containsEntry("version", "1.2")
        .containsEntry("user-name", "alice")
        .containsEntry("server", "Belfry/test")
        .containsEntry("heart-beat", "10000,10000")
        .containsEntry("session", store.presence().of("alice").getFirst().id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "STOMP\naccept-version:1.2\npasscode:alice\n\n",
        "CONNECT\naccept-version:1.2\nauthorization:bearer alice\n\n",
        "CONNECT\naccept-version:1.2\nAUTHORIZATION:Bearer alice\nhost:elsewhere\n\n",
        "CONNECT\naccept-version:1.2\npasscode:alice\nlogin:alice\n\n",
        "CONNECT\naccept-version:1.2\npasscode:alice\nlogin:\n\n",
        "CONNECT\naccept-version:1.2\npasscode:alice\nAuthorization:Bearer alice/push\n\n",
      })
  void aTokenMayStandInSeveralPlaces(String connect) {
    Client alice = stranger();

    alice.send(connect);

    assertThat(alice.next().header("user-name")).isEqualTo("alice");
  }

  @Test
  void theHandshakesTokenIsEnough() {
    Client alice = stranger(ALICE_SHOWN, StompVersion.V1_2);

    alice.send("CONNECT\naccept-version:1.2\nlogin:alice\n\n");

    assertThat(alice.next().header("user-name")).isEqualTo("alice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CONNECT\naccept-version:1.2\n\n",
        "CONNECT\naccept-version:1.2\npasscode:\n\n",
        "CONNECT\naccept-version:1.2\nAuthorization:Basic YTpi\n\n",
        "CONNECT\naccept-version:1.2\nAuthorization:Bearer\n\n",
        "CONNECT\naccept-version:1.2\nAuthorization:Bearer a b\n\n",
        "CONNECT\naccept-version:1.2\npasscode:bad\n\n",
        "CONNECT\naccept-version:1.2\npasscode:alice\nlogin:bob\n\n",
        "CONNECT\naccept-version:1.2\npasscode:alice\nAuthorization:Bearer bob\n\n",
        "CONNECT\naccept-version:1.2\npasscode:bad\nAuthorization:Bearer alice\n\n",
      })
  void whoShowsNoGoodTokenIsTurnedAway(String connect) {
    Client stranger = stranger();

    stranger.send(connect);

    stranger.error(4401);
    assertThat(deliveries.connections().count()).isZero();
  }

  @Test
  void theFramesTokenAndTheHandshakesNameTheSameUser() {
    Client alice = stranger(ALICE_SHOWN, null);

    alice.send("CONNECT\naccept-version:1.2\npasscode:bob\n\n");

    alice.error(4401);
  }

  @ParameterizedTest
  @CsvSource({
    ",                1.0",
    "1.0,             1.0",
    "'1.0,1.1',       1.1",
    "'1.2, 1.1,1.0',  1.2",
    "'2.0,1.2,3',     1.2"
  })
  void theHighestVersionOfBothIsSpoken(String accepted, String spoken) {
    Client alice = stranger();
    String header = accepted == null ? "" : "accept-version:" + accepted + "\n";

    alice.send("CONNECT\n" + header + "passcode:alice\n\n");

    assertThat(alice.next().header("version")).isEqualTo(spoken);
  }

  @Test
  void inTheFirstVersionHeadersMayBePadded() {
    Client alice = stranger();

    alice.send("CONNECT\nlogin: alice\npasscode: alice\ndevice: phone\n\n");

    assertThat(alice.next().header("version")).isEqualTo("1.0");
    assertThat(alice.session.session().device()).isEqualTo("phone");
  }

  @Test
  void theSubprotocolDecidesWhereThereIsOne() {
    Client alice = stranger(null, StompVersion.V1_1);

    alice.send("CONNECT\naccept-version:1.0,1.1,1.2\npasscode:alice\n\n");

    assertThat(alice.next().header("version")).isEqualTo("1.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"accept-version:2.0\n", "accept-version:\n", "accept-version:1.3,x\n"})
  void anUnknownVersionIsAnErrorThatSaysWhatThereIs(String header) {
    Client alice = stranger();

    alice.send("CONNECT\n" + header + "passcode:alice\n\n");

    assertThat(alice.error(1002).header("version")).isEqualTo("1.0,1.1,1.2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "device:",
        "device:a/b",
        "device:ä",
        "heart-beat:1",
        "heart-beat:a,b",
        "heart-beat:-1,0",
        "heart-beat:1,2,3"
      })
  void aBadHeaderOfConnectIsAnError(String header) {
    Client alice = stranger();

    alice.send("CONNECT\naccept-version:1.2\npasscode:alice\n" + header + "\n\n");

    alice.error(1002);
  }

  @Test
  void theFirstFrameIsConnectAndTheOnlyOne() {
    Client early = stranger();
    early.send("SUBSCRIBE\nid:1\ndestination:" + INBOX + "\nreceipt:r\n\n");
    assertThat(early.error(1002).header("receipt-id")).isEqualTo("r");

    Client again = alice();
    again.send("CONNECT\naccept-version:1.2\npasscode:alice\n\n");
    again.error(1002);
  }
}
