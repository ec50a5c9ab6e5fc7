package io.belfry.transport.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Destination;
import io.belfry.core.log.InMemoryStore;
import io.belfry.core.log.Presence;
import io.belfry.core.log.Retention;
import io.belfry.core.log.Session;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WillsTests {
  private static final Destination INBOX = new Destination.Queue("bob", "q");
  private static final Duration LONG = Duration.ofHours(1);

  private final InMemoryStore store = new InMemoryStore();
  private final Wills wills = new Wills(store, Retention.defaults());
  private final Will will =
      new Will(INBOX, Map.of(), "gone".getBytes(StandardCharsets.UTF_8), LONG);

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

  private int published() {
    return store.after(INBOX, 0, 10, 1 << 20).entries().size();
  }

  private static Session session(String id, String node) {
    return new Session(id, "alice", "phone", "mqtt", node, Instant.EPOCH);
  }
}
