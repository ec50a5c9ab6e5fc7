package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Bell;
import io.belfry.core.log.Bells;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.InMemoryStore;
import io.belfry.testing.Interleavings;
import io.belfry.testing.Interleavings.Actor;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// A feed is given up because nobody needs it, while somebody comes who does; and it is read while
/// it grows.
class FeedInterleavingTests extends DeliveryFixture {
  private static final int ROUNDS = 1500;
  private static final int ENTRIES = 6;

  private Feed feed() {
    return new Feed(
        INBOX, store, deliveries.cursors(), InstantSource.system(), 3, new ArrayDeque<>());
  }

  private Subscription subscription() {
    return new Subscription(deliveries, device("phone"), request("phone", AckMode.AUTO, () -> {}));
  }

  /// How many listenings there are.
  private static final class Listenings implements Bells {
    private final AtomicInteger open = new AtomicInteger();

    @Override
    public Listening listen(Destination destination, Consumer<Bell> listener) {
      open.incrementAndGet();
      return open::decrementAndGet;
    }
  }

  private final class Leaving implements Interleavings.Round {
    private final Listenings bells = new Listenings();
    private final Feed feed = feed();
    private volatile boolean forgotten;
    private volatile boolean joined;

    Leaving() {
      Subscription first = subscription();
      assertThat(feed.join(first, bells)).isTrue();
      feed.leave(first);
    }

    @Override
    public List<Actor> actors() {
      Subscription second = subscription();
      return List.of(
          () -> joined = feed.join(second, bells), () -> feed.close(() -> forgotten = true));
    }

    @Override
    public void check() {
      assertThat(forgotten).isNotEqualTo(joined);
      assertThat(bells.open).hasValue(joined ? 1 : 0);
    }
  }

  @Test
  void whoJoinsIsInAFeedThatListensOrIsToldToTakeAnother() throws Exception {
    Interleavings.explore(ROUNDS, Leaving::new);
  }

  private final class Growing implements Interleavings.Round {
    private final InMemoryStore log = new InMemoryStore();
    private final Feed feed =
        new Feed(INBOX, log, deliveries.cursors(), InstantSource.system(), 3, new ArrayDeque<>());
    private final StringBuilder seen = new StringBuilder();

    Growing() {
      assertThat(feed.join(subscription(), new Listenings())).isTrue();
    }

    @Override
    public List<Actor> actors() {
      return List.of(this::grow, this::read, () -> feed.ring(new Bell.Removed(2)));
    }

    private void grow() {
      for (long offset = 1; offset <= ENTRIES; offset++) {
        feed.ring(new Bell.Grew(offset - 1, offset, entry(offset)));
      }
    }

    // Only as long as it keeps up: the log behind it is empty.
    private void read() {
      long position = 0;
      while (position < ENTRIES) {
        long last = feed.last();
        if (position < last) {
          var batch = feed.after(position, 2, 1 << 20, new Counters());
          batch.entries().forEach(entry -> seen.append(entry.offset()));
          if (batch.readUpTo() <= position) {
            return;
          }
          position = batch.readUpTo();
        }
      }
    }

    @Override
    public void check() {
      // The second may have been removed before it was read.
      assertThat(seen.toString())
          .matches(all -> "123456".startsWith(all) || "13456".startsWith(all));
      assertThat(feed.last()).isEqualTo(ENTRIES);
    }

    private static Entry entry(long offset) {
      return new Entry(
          offset, "id", Instant.EPOCH, Instant.MAX, "text/plain", Map.of(), new byte[0]);
    }
  }

  @Test
  void whoReadsWhileItGrowsReadsInOrderAndPassesNothingOver() throws Exception {
    Interleavings.explore(ROUNDS, Growing::new);
  }
}
