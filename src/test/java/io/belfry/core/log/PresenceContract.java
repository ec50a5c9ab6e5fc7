package io.belfry.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// What [Presence] promises.
interface PresenceContract extends StoreUnderTest {
  @Test
  default void sessionsAreSeenWhileTheyLast() {
    Presence presence = store().presence();
    Session phone = session("1", "alice", "phone");
    Session laptop = session("2", "alice", "laptop");
    Session bob = session("3", "bob", "phone");
    presence.opened(phone);
    presence.opened(laptop);
    presence.opened(bob);
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(presence.of("alice")).containsExactlyInAnyOrder(phone, laptop));
    presence.closed(phone);
    presence.closed(bob);
    presence.closed(bob);

    Awaitility.await()
        .untilAsserted(() -> {
          assertThat(presence.of("alice")).containsExactly(laptop);
          assertThat(presence.of("bob")).isEmpty();
        });
    assertThat(presence.of("nobody")).isEmpty();
  }

  @Test
  default void aSignalReachesTheListener() throws Exception {
    BlockingQueue<Presence.Signal> heard = new LinkedBlockingQueue<>();
    Presence presence = store().presence();
    presence.onSignal((signal, given) -> heard.add(signal));
    Presence.Signal disconnect = new Presence.Signal.Disconnect("alice");
    Presence.Signal takeOver = new Presence.Signal.TakeOver(session("1", "bob", "phone"), true);
    presence.signal(disconnect);
    presence.signal(takeOver);

    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(disconnect);
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(takeOver);
  }

  private Session session(String id, String user, String device) {
    return new Session(id, user, device, "stomp", "node-1", clock().instant());
  }
}
