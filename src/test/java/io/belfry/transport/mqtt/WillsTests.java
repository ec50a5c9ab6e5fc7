package io.belfry.transport.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.log.Destination;
import io.belfry.core.log.InMemoryStore;
import io.belfry.core.log.Presence;
import io.belfry.core.log.Retention;
import io.belfry.core.log.Session;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WillsTests {
  private static final Destination INBOX = new Destination.Queue("bob", "q");
  private static final Duration LONG = Duration.ofHours(1);

  private final InMemoryStore store = new InMemoryStore();
  private final Wills wills = new Wills(store, Retention.defaults());
  private final Will will =
      new Will(
          INBOX,
          new Properties(MqttProperties.NO_PROPERTIES),
          "gone".getBytes(StandardCharsets.UTF_8),
          LONG);

  @Test
  void whoResumesOnAnotherNodeHasNoWill() {
    wills.leave(session("1", "here"), will, LONG);

    wills.cameBack(new Presence.Signal.TakeOver(session("2", "elsewhere"), true));
    wills.cameBack(new Presence.Signal.TakeOver(session("3", "elsewhere"), false));

    assertThat(published()).isZero();
  }

  @Test
  void whoBeginsAnewHasEndedTheSessionWhoseWillItWas() {
    wills.leave(session("1", "here"), will, LONG);

    wills.cameBack(new Presence.Signal.TakeOver(session("2", "elsewhere"), false));

    assertThat(published()).isEqualTo(1);
  }

  @Test
  void aSessionDoesNotTakeItsOwnWillBack() {
    wills.leave(session("1", "here"), will, LONG);

    wills.cameBack(new Presence.Signal.TakeOver(session("1", "here"), true));
    wills.cameBack(new Presence.Signal.TakeOver(session("2", "here"), false));

    assertThat(published()).isEqualTo(1);
  }

  @Test
  void whoLeavesVeryManyHasThosePublishedThatItLeftFirst() {
    for (int i = 0; i < Wills.MAX_COUNT + 3; i++) {
      wills.leave(session(i, "phone" + i), saying("from " + i), LONG);
    }

    assertThat(bodies()).containsExactly("from 0", "from 1", "from 2");
    wills.cameBack(new Presence.Signal.TakeOver(session(100, "phone0"), false));
    wills.cameBack(new Presence.Signal.TakeOver(session(101, "phone3"), false));
    assertThat(bodies()).containsExactly("from 0", "from 1", "from 2", "from 3");
  }

  @Test
  void whoLeavesAnotherOneInItsPlaceLeftThatLast() {
    for (int i = 0; i < Wills.MAX_COUNT; i++) {
      wills.leave(session(i, "phone" + i), saying("from " + i), LONG);
    }
    wills.leave(session(100, "phone0"), saying("from 0 again"), LONG);
    assertThat(bodies()).isEmpty();

    wills.leave(session(101, "another phone"), saying("more"), LONG);
    assertThat(bodies()).containsExactly("from 1");
  }

  @Test
  void whatOneUserLeavesTakesNoRoomFromAnother() {
    for (int i = 0; i < Wills.MAX_COUNT; i++) {
      wills.leave(session(i, "phone" + i), saying("from " + i), LONG);
    }
    Session of = new Session("other", "bob", "phone", "mqtt", "here", Instant.EPOCH);
    wills.leave(of, saying("from bob"), LONG);
    assertThat(bodies()).isEmpty();
  }

  @Test
  void whoIsBackLeavesNothingBehind() throws Exception {
    WeakReference<Will> forgotten = leaveAndComeBack();

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> {
          System.gc();
          return forgotten.refersTo(null);
        });
  }

  private WeakReference<Will> leaveAndComeBack() {
    Will left = saying("gone");
    wills.leave(session(1, "phone"), left, LONG);
    wills.cameBack(new Presence.Signal.TakeOver(session(2, "phone"), true));
    return new WeakReference<>(left);
  }

  private List<String> bodies() {
    return store.after(INBOX, 0, 100, 1 << 20).entries().stream()
        .map(entry -> new String(entry.body(), StandardCharsets.UTF_8))
        .toList();
  }

  private static Will saying(String text) {
    return new Will(
        INBOX,
        new Properties(MqttProperties.NO_PROPERTIES),
        text.getBytes(StandardCharsets.UTF_8),
        LONG);
  }

  private static Session session(int id, String device) {
    return new Session("s" + id, "alice", device, "mqtt", "here", Instant.EPOCH);
  }

  private int published() {
    return store.after(INBOX, 0, 10, 1 << 20).entries().size();
  }

  private static Session session(String id, String node) {
    return new Session(id, "alice", "phone", "mqtt", node, Instant.EPOCH);
  }
}
