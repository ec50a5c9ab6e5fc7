package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Batch;
import io.belfry.core.log.Bell;
import io.belfry.core.log.Entry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentTests extends DeliveryFixture {
  private static final Instant NOW = Instant.ofEpochSecond(1000);
  private static final int MAX_BYTES = 1 << 20;

  private final Recent recent = new Recent(3);
  private long last;

  @Test
  void whatIsOlderThanItKeepsIsReadFromTheLog() {
    grow(1, 2, 3, 4);

    assertThat(recent.reachesBackTo(0)).isFalse();
    assertThat(recent.reachesBackTo(1)).isTrue();
    assertThat(after(1)).containsExactly(2L, 3L, 4L);
  }

  @Test
  void itsBytesAreBoundedButForASingleEntry() {
    add(entry(1, NOW.plusSeconds(1), 60 * 1024));
    add(entry(2, NOW.plusSeconds(1), 60 * 1024));

    assertThat(recent.reachesBackTo(0)).isFalse();
    assertThat(after(1)).containsExactly(2L);

    recent.remove(2);
    add(entry(3, NOW.plusSeconds(1), 60 * 1024));
    assertThat(after(1)).containsExactly(3L);
  }

  @Test
  void headersCountToo() {
    add(entry(1, Map.of("ce-a", "x".repeat(60 * 1024)), 1));
    add(entry(2, Map.of("ce-a", "x".repeat(60 * 1024)), 1));

    assertThat(recent.reachesBackTo(0)).isFalse();
    assertThat(after(1)).containsExactly(2L);

    grow(3);
    assertThat(after(1)).containsExactly(2L, 3L);
    assertThat(recent.after(1, 9, 60 * 1024, last, NOW).readUpTo()).isEqualTo(2);

    recent.remove(2);
    add(entry(4, Map.of("ce-a", "x".repeat(60 * 1024)), 1));
    assertThat(after(1)).containsExactly(3L, 4L);
  }

  @Test
  void aBellThatDoesNotFollowBeginsAnew() {
    grow(1, 2);
    recent.add(new Bell.Grew(5, 6, entry(6, NOW.plusSeconds(1), 1)), last);
    last = 6;

    assertThat(recent.reachesBackTo(4)).isFalse();
    assertThat(after(5)).containsExactly(6L);
  }

  @Test
  void aBellWithoutItsEntryBeginsAnewBehindIt() {
    grow(1);
    recent.add(new Bell.Grew(1, 2, null), 1);

    assertThat(recent.reachesBackTo(1)).isFalse();
    assertThat(recent.reachesBackTo(2)).isTrue();
    assertThat(recent.isEmpty()).isTrue();
  }

  @Test
  void whatHasExpiredIsPassedOver() {
    grow(1);
    add(entry(2, NOW, 1));
    grow(3);

    assertThat(after(0)).containsExactly(1L, 3L);
  }

  @Test
  void aBatchThatIsCutEndsAtItsLastEntry() {
    grow(1, 2, 3);

    Batch cut = recent.after(0, 2, MAX_BYTES, last, NOW);

    assertThat(cut.entries()).extracting(Entry::offset).containsExactly(1L, 2L);
    assertThat(cut.readUpTo()).isEqualTo(2);
    assertThat(recent.after(2, 2, MAX_BYTES, last, NOW).readUpTo()).isEqualTo(3);
  }

  @Test
  void whatWasRemovedFromTheLogIsNotDeliveredFromHere() {
    Feed feed =
        new Feed(INBOX, store, deliveries.cursors(), InstantSource.system(), 3, new ArrayDeque<>());
    Subscription phone = new Subscription(deliveries, device("phone"), request("phone"));
    assertThat(feed.join(phone, (log, listener) -> () -> {})).isTrue();
    for (long offset = 1; offset <= 3; offset++) {
      feed.ring(new Bell.Grew(offset - 1, offset, entry(offset, Instant.MAX, 1)));
    }

    feed.ring(new Bell.Removed(2));

    assertThat(feed.after(0, 9, MAX_BYTES, new Counters()).entries())
        .extracting(Entry::offset)
        .containsExactly(1L, 3L);
  }

  private SubscriptionRequest request(String device) {
    return request(device, AckMode.AUTO, () -> {});
  }

  private List<Long> after(long position) {
    Batch batch = recent.after(position, 9, MAX_BYTES, last, NOW);
    assertThat(batch.readUpTo()).isEqualTo(last);
    return batch.entries().stream().map(Entry::offset).toList();
  }

  private void grow(long... offsets) {
    for (long offset : offsets) {
      add(entry(offset, NOW.plusSeconds(1), 1));
    }
  }

  private void add(Entry entry) {
    recent.add(new Bell.Grew(last, entry.offset(), entry), last);
    last = entry.offset();
  }

  private static Entry entry(long offset, Map<String, String> headers, int bytes) {
    Instant expires = NOW.plusSeconds(1);
    return new Entry(offset, "id", Instant.EPOCH, expires, "text/plain", headers, new byte[bytes]);
  }

  private static Entry entry(long offset, Instant expires, int bytes) {
    return new Entry(offset, "id", Instant.EPOCH, expires, "text/plain", Map.of(), new byte[bytes]);
  }
}
