package io.belfry.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What [Logs] promises of `max-messages`: exactly so many, the oldest go first, what expired goes
/// before them, and what was dropped before its time is said for as long.
interface RetentionContract extends StoreUnderTest {
  @Test
  default void aLogKeepsExactlySoMany() {
    keepingAtMost(3);
    append(INBOX, "a");
    append(INBOX, "b");
    append(INBOX, "c");
    assertThat(after(INBOX, 0).trimmed()).isZero();
    assertThat(texts(INBOX)).containsExactly("a", "b", "c");

    long fourth = append(INBOX, "d");
    long fifth = append(INBOX, "e");
    assertThat(texts(INBOX)).containsExactly("c", "d", "e");
    assertThat(entry(INBOX, fourth)).isNotNull();
    append(INBOX, "f");
    append(INBOX, "g");
    append(INBOX, "h");
    Batch batch = after(INBOX, 0);
    assertThat(texts(batch)).containsExactly("f", "g", "h");
    assertThat(batch.trimmed()).isEqualTo(fifth);
  }

  @Test
  default void aLogOfOneKeepsTheNewest() {
    keepingAtMost(1);
    long last = 0;
    long lastButOne = 0;
    for (int i = 0; i < 100; i++) {
      lastButOne = last;
      last = append(INBOX, "t" + i);
    }

    assertThat(texts(INBOX)).containsExactly("t99");
    assertThat(after(INBOX, 0).trimmed()).isEqualTo(lastButOne);
  }

  @Test
  default void manyAreDroppedOneByOne() {
    keepingAtMost(50);
    long[] offsets = new long[500];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = append(INBOX, "t" + i);
      if (i == 300) {
        reopen();
      }
      if (i % 90 == 60) {
        store().logs().retract(INBOX, offsets[i - 40]);
      }
    }

    // One of the last fifty was retracted: the fifty-first stays in its place.
    Batch batch = after(INBOX, 0);
    assertThat(batch.entries()).hasSize(50);
    assertThat(batch.entries().getLast().offset()).isEqualTo(offsets[499]);
  }

  @Test
  default void whatWasDroppedIsSaidToEveryPosition() {
    keepingAtMost(1);
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");

    assertThat(after(INBOX, 0).trimmed()).isEqualTo(first);
    assertThat(after(INBOX, first).trimmed()).isEqualTo(first);
    assertThat(after(INBOX, second).trimmed()).isEqualTo(first);
    reopen();
    assertThat(after(INBOX, 0).trimmed()).isEqualTo(first);
    assertThat(after(INBOX, second).trimmed()).isEqualTo(first);
  }

  @Test
  default void whatIsExpiredTakesNoPlace() {
    keepingAtMost(3);
    append(INBOX, "a", "TTL", "10");
    append(INBOX, "b", "TTL", "10");
    append(INBOX, "c");
    pass(Duration.ofSeconds(11));
    append(INBOX, "d");
    append(INBOX, "e");

    assertThat(texts(INBOX)).containsExactly("c", "d", "e");
    assertThat(after(INBOX, 0).trimmed()).isZero();
    append(INBOX, "f");
    assertThat(texts(INBOX)).containsExactly("d", "e", "f");
  }

  @Test
  default void whatExpiresBetweenOthersTakesNoPlaceEither() {
    keepingAtMost(4);
    append(INBOX, "a");
    append(INBOX, "b", "TTL", "20");
    append(INBOX, "c", "TTL", "10");
    append(INBOX, "d");
    pass(Duration.ofSeconds(11));
    append(INBOX, "e");
    assertThat(texts(INBOX)).containsExactly("a", "b", "d", "e");
    pass(Duration.ofSeconds(11));
    append(INBOX, "f");
    assertThat(texts(INBOX)).containsExactly("a", "d", "e", "f");
    assertThat(after(INBOX, 0).trimmed()).isZero();
    reopen();
    long dropped = after(INBOX, 0).entries().getFirst().offset();
    append(INBOX, "g");
    assertThat(texts(INBOX)).containsExactly("d", "e", "f", "g");
    assertThat(after(INBOX, 0).trimmed()).isEqualTo(dropped);
  }

  @Test
  default void everyOrderOfTimesToLiveIsKeptExactly() {
    keepingAtMost(5);
    // Times to live that go up and down, appended while others expire: what is unexpired of the
    // newest must be there, in a log that is looked at only now and then.
    int[] seconds = {9, 3, 7, 1, 20, 2, 8, 5, 30, 4, 6, 1, 12, 3, 40, 2, 2, 9, 25, 1};
    java.util.TreeMap<Long, Long> model = new java.util.TreeMap<>();
    for (int round = 0; round < 200; round++) {
      int ttl = seconds[round * 7 % seconds.length];
      long now = clock().millis();
      model.values().removeIf(expires -> expires <= now);
      long offset = append(INBOX, "t" + round, "TTL", Integer.toString(ttl));
      model.put(offset, now + ttl * 1000L);
      if (model.size() > 5) {
        model.pollFirstEntry();
      }
      if (round % 3 == 0) {
        pass(Duration.ofMillis(900));
        long then = clock().millis();
        model.values().removeIf(expires -> expires <= then);
      }
      if (round % 41 == 40) {
        reopen();
      }
      assertThat(after(INBOX, 0).entries())
          .extracting(Entry::offset)
          .containsExactlyElementsOf(model.keySet());
    }
  }

  @Test
  default void whatIsRetractedOrCollapsedTakesNoPlace() {
    keepingAtMost(3);
    long first = append(INBOX, "a");
    append(INBOX, "b", "Topic", "k");
    append(INBOX, "c");
    append(INBOX, "d", "Topic", "k");
    assertThat(texts(INBOX)).containsExactly("a", "c", "d");
    store().logs().retract(INBOX, first);
    append(INBOX, "e");

    assertThat(texts(INBOX)).containsExactly("c", "d", "e");
    assertThat(after(INBOX, 0).trimmed()).isZero();
  }

  @Test
  default void whatWasDroppedCountsUntilItWouldHaveExpired() {
    keepingAtMost(1);
    long dropped = append(INBOX, "a", "TTL", "10");
    long second = append(INBOX, "b");
    assertThat(after(INBOX, 0).trimmed()).isEqualTo(dropped);
    pass(Duration.ofSeconds(10));

    assertThat(after(INBOX, 0).trimmed()).isZero();
    assertThat(after(INBOX, second).trimmed()).isZero();
  }

  @Test
  default void theHighestThatWasDroppedAndLivesCounts() {
    keepingAtMost(1);
    long longLived = append(INBOX, "a", "TTL", "100");
    long middle = append(INBOX, "b", "TTL", "50");
    long shortLived = append(INBOX, "c", "TTL", "10");
    append(INBOX, "d");

    assertThat(after(INBOX, 0).trimmed()).isEqualTo(shortLived);
    pass(Duration.ofSeconds(10));
    assertThat(after(INBOX, 0).trimmed()).isEqualTo(middle);
    reopen();
    pass(Duration.ofSeconds(40));
    assertThat(after(INBOX, 0).trimmed()).isEqualTo(longLived);
    pass(Duration.ofSeconds(50));
    assertThat(after(INBOX, 0).trimmed()).isZero();
  }

  @Test
  default void aDroppedCollapseKeyIsForgotten() {
    keepingAtMost(2);
    append(INBOX, "a", "Topic", "k");
    append(INBOX, "b");
    append(INBOX, "c");
    append(INBOX, "d", "Topic", "k");

    assertThat(texts(INBOX)).containsExactly("c", "d");
  }
}
