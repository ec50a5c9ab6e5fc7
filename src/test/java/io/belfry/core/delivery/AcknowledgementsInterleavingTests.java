package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.CursorState;
import io.belfry.core.log.Entry;
import io.belfry.core.log.From;
import io.belfry.testing.Interleavings;
import io.belfry.testing.Interleavings.Actor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Two connections of one device acknowledge and refuse, while more is delivered and what has
/// waited too long is sent again.
class AcknowledgementsInterleavingTests {
  private static final int ROUNDS = 1500;
  private static final int WINDOW = 16;
  private static final Start START = new Start(0, CursorState.at(0));
  private static final CursorState SETTLED =
      new CursorState(8, new TreeSet<>(), 8, new TreeMap<>());
  private static final SubscriptionRequest REQUEST =
      new SubscriptionRequest(
          DeliveryFixture.INBOX,
          "alice",
          "phone",
          AckMode.CLIENT_INDIVIDUAL,
          WINDOW,
          new From.Cursor(),
          false,
          () -> {});

  private static final class Talking implements Interleavings.Round {
    private final FakeConnection connection = new FakeConnection("alice", "phone");
    private final Cursor cursor = new Cursor(REQUEST.cursor(), cursor -> {}, false);
    private final Acknowledgements one = connection();
    private final Acknowledgements other = connection();

    Talking() {
      connection.pass(Duration.ofHours(1));
    }

    private Acknowledgements connection() {
      Acknowledgements all =
          new Acknowledgements(
              REQUEST, cursor, connection, DeliveryFixture.SETTINGS, new Counters());
      all.register(entries(1, 5), 5, START);
      return all;
    }

    private static List<Entry> entries(long from, long to) {
      return LongStream.rangeClosed(from, to)
          .mapToObj(offset ->
              new Entry(
                  offset, "id", Instant.EPOCH, Instant.MAX, "text/plain", Map.of(), new byte[0]))
          .toList();
    }

    @Override
    public List<Actor> actors() {
      return List.of(this::deliver, () -> acknowledge(one, 1, 3), this::refuseAndAcknowledge);
    }

    private void deliver() {
      for (Flight flight : one.due()) {
        var ignored = one.resend(flight);
      }
      one.register(entries(6, 8), 8, START);
      one.settledElsewhere();
      other.register(entries(6, 8), 8, START);
    }

    private static void acknowledge(Acknowledgements connection, long... offsets) {
      for (long offset : offsets) {
        connection.acknowledge(offset);
      }
    }

    private void refuseAndAcknowledge() {
      other.refuse(1);
      other.refuse(5);
      acknowledge(other, 2, 4);
    }

    @Override
    public void check() {
      one.settledElsewhere();
      other.settledElsewhere();
      for (long offset = 1; offset <= 8; offset++) {
        assertThat(cursor.isSettled(offset)).as("settled %d", offset).isEqualTo(offset < 5);
      }
      assertThat(one.room()).isEqualTo(WINDOW - 4);
      assertThat(other.room()).isEqualTo(WINDOW - 4);
      assertThat(cursor.state().nacks()).containsOnlyKeys(5L);
      acknowledge(one, 5, 6, 7, 8);
      other.settledElsewhere();
      assertThat(cursor.state()).isEqualTo(SETTLED);
      assertThat(other.room()).isEqualTo(WINDOW);
      assertThat(other.nextDue()).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void whatIsSettledIsWhatWasAcknowledged() throws Exception {
    Interleavings.explore(ROUNDS, Talking::new);
  }
}
