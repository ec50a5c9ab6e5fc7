package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.InMemoryStore;
import io.belfry.core.log.Presence.Signal;
import io.belfry.core.log.Session;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// Signals that are heard late.
class SignalsTests {
  private final InMemoryStore store = new InMemoryStore();
  private final Connections connections =
      new Connections(store.presence(), DeliverySettings.defaults());
  private final FakeConnection phone = new FakeConnection("ann", "phone");
  private final Instant began = phone.session().since();

  @Test
  void aDisconnectionEndsWhatBeganBeforeIt() {
    connections.open(phone, true);
    store.presence().tell(new Signal.Disconnect("ann"), began);

    assertThat(phone.reasons).containsExactly(CloseReason.OPERATOR);
  }

  @Test
  void whoCameBackAfterADisconnectionIsNotMeant() {
    connections.open(phone, true);
    store.presence().tell(new Signal.Disconnect("ann"), began.minusMillis(1));

    assertThat(phone.reasons).isEmpty();
  }

  @Test
  void whoTookOverLaterIsNotTakenOverByAnEarlierOne() {
    connections.open(phone, true);
    Session other = new Session("x", "ann", "phone", "fake", "elsewhere", Instant.EPOCH);
    store.presence().tell(new Signal.TakeOver(other, false), began.minusMillis(1));
    assertThat(phone.reasons).isEmpty();

    store.presence().tell(new Signal.TakeOver(other, false), began);
    assertThat(phone.reasons).containsExactly(CloseReason.TAKEN_OVER);
  }

  @Test
  void whoIsBackBeforeItsOwnTakeOverIsHeardIsNotMeant() {
    connections.open(phone, true);
    Instant before = began.minusMillis(1);
    String node = phone.session().node();
    Session earlier = new Session("x", "ann", "phone", "fake", node, before);
    store.presence().signal(new Signal.TakeOver(earlier, false));
    assertThat(phone.reasons).isEmpty();

    // Two nodes have two clocks: which of the two was first is not known.
    Session elsewhere = new Session("x", "ann", "phone", "fake", "elsewhere", before);
    store.presence().signal(new Signal.TakeOver(elsewhere, false));
    assertThat(phone.reasons).containsExactly(CloseReason.TAKEN_OVER);
  }

  @Test
  void ofThoseThatTakeOverAtOnceTheOneThatIsHeardLastStays() {
    Signal earlier = takeOverBy("x");
    FakeConnection newest =
        new FakeConnection("ann", "phone") {
          @Override
          public boolean takesOver() {
            return true;
          }
        };
    connections.open(newest, true);
    store.presence().signal(earlier);
    store.presence().signal(new Signal.TakeOver(newest.session(), true));
    store.presence().tell(earlier, began.plusMillis(1));
    assertThat(newest.reasons).isEmpty();

    store.presence().signal(takeOverBy("y"));
    assertThat(newest.reasons).containsExactly(CloseReason.TAKEN_OVER);
  }

  @Test
  void theNewerOfTwoThatBeganInOneMillisecondStays() {
    FakeConnection newer = new FakeConnection("ann", "phone");
    connections.open(phone, true);
    connections.open(newer, true);
    store.presence().signal(new Signal.TakeOver(phone.session(), false));
    store.presence().signal(new Signal.TakeOver(newer.session(), false));

    assertThat(phone.reasons).containsOnly(CloseReason.TAKEN_OVER);
    assertThat(newer.reasons).isEmpty();
  }

  @Test
  void whoIsOpenedAfterANewerOneWasHeardGoesAllTheSame() {
    FakeConnection newer = new FakeConnection("ann", "phone");
    connections.open(newer, true);
    store.presence().signal(new Signal.TakeOver(newer.session(), false));
    connections.open(phone, true);
    store.presence().signal(new Signal.TakeOver(phone.session(), false));

    assertThat(phone.reasons).containsExactly(CloseReason.TAKEN_OVER);
    assertThat(newer.reasons).isEmpty();
  }

  private Signal takeOverBy(String id) {
    return new Signal.TakeOver(new Session(id, "ann", "phone", "fake", "elsewhere", began), true);
  }
}
