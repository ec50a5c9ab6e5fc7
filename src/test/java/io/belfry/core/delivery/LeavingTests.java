package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.InMemoryStore;
import io.belfry.core.log.Presence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeavingTests {
  private final InMemoryStore store = new InMemoryStore();
  private final Connections connections =
      new Connections(store.presence(), DeliverySettings.defaults());
  private final FakeConnection phone = new FakeConnection("alice", "phone");

  @Test
  void whoIsLeavingIsNoMoreInPresenceAndCountsUntilItHasEnded() {
    connections.open(phone, true);

    connections.leaving(phone);

    assertThat(store.presence().of("alice")).isEmpty();
    assertThat(connections.count()).isEqualTo(1);
    connections.closed(phone);
    assertThat(connections.count()).isZero();
  }

  @Test
  void whoeverTakesOverIsHeardOfOnceTheOthersAreClosed() {
    connections.open(phone, true);
    List<Presence.Signal> heard = new ArrayList<>();
    connections.onTakeOver(takeOver -> {
      assertThat(phone.reasons).containsExactly(CloseReason.TAKEN_OVER);
      heard.add(takeOver);
    });
    FakeConnection newer = new FakeConnection("alice", "phone");
    Presence.Signal.TakeOver takeOver = new Presence.Signal.TakeOver(newer.session(), true);

    store.presence().signal(takeOver);

    assertThat(heard).containsExactly(takeOver);
  }
}
