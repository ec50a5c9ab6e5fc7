package io.belfry.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What [Logs] promises of appending, reading and retracting.
interface LogsContract extends StoreUnderTest {
  @Test
  default void anAppendAnswersWhereAndForHowLong() {
    Push push = push(INBOX, "hello", "TTL", "60");
    Receipt receipt = ((Appended.Fresh) appended(push)).receipt();

    assertThat(receipt.id()).isEqualTo(push.id());
    assertThat(receipt.offset()).isEqualTo(clock().millis() * 1024);
    assertThat(receipt.ttl()).isEqualTo(Duration.ofMinutes(1));
    assertThat(receipt.online()).isFalse();
  }

  @Test
  default void anEntryIsKeptAsItWasPushed() {
    byte[] body = new byte[300];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) i;
    }
    Map<String, String> headers =
        Map.of(
            "Content-Type",
            "image/x-thing",
            "ce-id",
            "a",
            "Urgency",
            "low",
            "ce-x",
            "ä€",
            "TTL",
            "60");
    Push push = Push.of(INBOX, headers, body, retention());
    Receipt receipt = ((Appended.Fresh) appended(push)).receipt();
    reopen();

    Entry entry = present(entry(INBOX, Objects.requireNonNull(receipt.offset())));
    assertThat(entry.id()).isEqualTo(push.id());
    assertThat(entry.body()).isEqualTo(body);
    assertThat(entry.contentType()).isEqualTo("image/x-thing");
    assertThat(entry.headers()).containsExactlyEntriesOf(push.headers());
    assertThat(entry.timestamp()).isEqualTo(clock().instant());
    assertThat(entry.expires()).isEqualTo(clock().instant().plusSeconds(60));
    assertThat(after(INBOX, 0).entries().getFirst().headers())
        .containsExactlyEntriesOf(push.headers());
  }

  @Test
  default void anEmptyBodyIsAMessageToo() {
    long offset = append(INBOX, "");

    assertThat(entry(INBOX, offset)).isNotNull();
    assertThat(texts(INBOX)).containsExactly("");
  }

  @Test
  default void aLogIsReadInOrder() {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");
    pass(Duration.ofSeconds(1));
    long third = append(INBOX, "c");

    assertThat(List.of(first, second, third)).isSorted().doesNotHaveDuplicates();
    assertThat(texts(INBOX)).containsExactly("a", "b", "c");
    assertThat(after(INBOX, 0).entries())
        .extracting(Entry::offset)
        .containsExactly(first, second, third);
    assertThat(texts(after(INBOX, first))).containsExactly("b", "c");
    assertThat(texts(after(INBOX, first + 1))).containsExactly("c");
    assertThat(after(INBOX, first).readUpTo()).isEqualTo(third);
    assertThat(after(INBOX, third)).isEqualTo(new Batch(List.of(), third, 0));
    assertThat(store().logs().last(INBOX)).isEqualTo(third);
  }

  @Test
  default void aReadEndsAtTheLimit() {
    long first = append(INBOX, "12345");
    long second = append(INBOX, "12345");
    long third = append(INBOX, "12345");
    Logs logs = store().logs();

    Batch two = logs.after(INBOX, 0, 2, Long.MAX_VALUE);
    assertThat(two.entries()).extracting(Entry::offset).containsExactly(first, second);
    assertThat(two.readUpTo()).isEqualTo(second);
    Batch all = logs.after(INBOX, 0, 3, Long.MAX_VALUE);
    assertThat(all.readUpTo()).isEqualTo(third);
    Batch tenBytes = logs.after(INBOX, 0, 9, 10);
    assertThat(tenBytes.readUpTo()).isEqualTo(second);
    Batch tooLarge = logs.after(INBOX, first, 9, 1);
    assertThat(tooLarge.entries()).extracting(Entry::offset).containsExactly(second);
    assertThat(tooLarge.readUpTo()).isEqualTo(second);
  }

  @Test
  default void aReadCountsHeadersToo() {
    Map<String, String> headers = Map.of("ce-a", "x".repeat(1000));
    for (int i = 0; i < 3; i++) {
      appended(Push.of(INBOX, headers, new byte[10], retention()));
    }
    long last = store().logs().last(INBOX);

    assertThat(store().logs().after(INBOX, 0, 9, 2050).entries()).hasSize(2);
    assertThat(store().logs().after(INBOX, 0, 9, 4000).readUpTo()).isEqualTo(last);
  }

  @Test
  default void aLogThatNeverWasIsEmpty() {
    assertThat(after(INBOX, 0)).isEqualTo(new Batch(List.of(), 0, 0));
    assertThat(entry(INBOX, 7)).isNull();
    assertThat(store().logs().last(INBOX)).isZero();
    assertThat(store().logs().queues("alice")).isEmpty();
  }

  @Test
  default void aPositionBeyondTheLastIsTheLast() {
    long offset = append(INBOX, "a");

    assertThat(after(INBOX, offset + 5)).isEqualTo(new Batch(List.of(), offset, 0));
    reopen();
    assertThat(after(INBOX, offset + 5)).isEqualTo(new Batch(List.of(), offset, 0));
  }

  @Test
  default void whatWasAnsweredOutlivesTheStore() {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");
    reopen();

    assertThat(texts(INBOX)).containsExactly("a", "b");
    assertThat(store().logs().last(INBOX)).isEqualTo(second);
    assertThat(entry(INBOX, first)).isNotNull();
    assertThat(append(INBOX, "c")).isGreaterThan(second);
    assertThat(texts(INBOX)).containsExactly("a", "b", "c");
  }

  @Test
  default void offsetsGrowAlsoWhereNothingIsLeftAndTheClockGoesBack() {
    long first = append(INBOX, "a", "TTL", "1");
    pass(Duration.ofDays(30));
    long second = append(INBOX, "b");
    store().logs().retract(INBOX, second);
    pass(Duration.ofDays(-60));
    long third = append(INBOX, "c");
    reopen();
    long fourth = append(INBOX, "d");

    assertThat(List.of(first, second, third, fourth)).isSorted().doesNotHaveDuplicates();
    assertThat(texts(after(INBOX, second))).containsExactly("c", "d");
  }

  @Test
  default void noLogIsPartOfAnother() {
    List<Destination> alike =
        List.of(
            new Destination.Queue("a", "b"),
            new Destination.Queue("a", "bc"),
            new Destination.Queue("ab", "c"),
            new Destination.Queue("A", "b"),
            new Destination.Queue("a", "B"),
            new Destination.Topic("a"),
            new Destination.Topic("ab"),
            new Destination.Topic("b"));
    alike.forEach(log -> append(log, log.path()));

    for (Destination log : alike) {
      assertThat(texts(log)).containsExactly(log.path());
    }
    assertThat(store().logs().queues("a")).containsOnlyKeys("b", "bc", "B");
    assertThat(store().logs().queues("A")).containsOnlyKeys("b");
    assertThat(store().logs().queues("ab")).containsOnlyKeys("c");
  }

  @Test
  default void anExpiredEntryIsNotRead() {
    append(INBOX, "a");
    long shortLived = append(INBOX, "b", "TTL", "10");
    append(INBOX, "c");
    long last = append(INBOX, "d", "TTL", "10");
    pass(Duration.ofSeconds(10).minusMillis(1));
    assertThat(texts(INBOX)).containsExactly("a", "b", "c", "d");

    pass(Duration.ofMillis(1));
    assertThat(texts(INBOX)).containsExactly("a", "c");
    assertThat(entry(INBOX, shortLived)).isNull();
    assertThat(after(INBOX, 0).readUpTo()).isEqualTo(last);
    assertThat(after(INBOX, 0).trimmed()).isZero();
    pass(retention().ttl());
    assertThat(after(INBOX, 0)).isEqualTo(new Batch(List.of(), last, 0));
  }

  @Test
  default void aPassingMessageIsNotKept() {
    long before = append(INBOX, "a");
    Receipt receipt = ((Appended.Fresh) appended(push(INBOX, "b", "TTL", "0"))).receipt();

    assertThat(receipt.offset()).isNull();
    assertThat(receipt.ttl()).isZero();
    assertThat(texts(INBOX)).containsExactly("a");
    assertThat(store().logs().last(INBOX)).isEqualTo(before);
  }

  @Test
  default void aCollapseKeyRetractsTheOlderEntry() {
    long first = append(INBOX, "a", "Topic", "k");
    append(INBOX, "b", "Topic", "other");
    append(NEWS, "c", "Topic", "k");
    append(INBOX, "d", "Topic", "k");
    assertThat(texts(INBOX)).containsExactly("b", "d");
    assertThat(entry(INBOX, first)).isNull();
    reopen();
    append(INBOX, "e", "Topic", "k");

    assertThat(texts(INBOX)).containsExactly("b", "e");
    assertThat(texts(NEWS)).containsExactly("c");
    assertThat(after(INBOX, 0).trimmed()).isZero();
  }

  @Test
  default void aCollapseKeyOutlivesWhatItPointedAt() {
    append(INBOX, "a", "Topic", "k", "TTL", "1");
    pass(Duration.ofSeconds(2));
    long second = append(INBOX, "b", "Topic", "k");
    store().logs().retract(INBOX, second);
    append(INBOX, "c", "Topic", "k");

    assertThat(texts(INBOX)).containsExactly("c");
  }

  @Test
  default void collapsingAtTheSameTimeLeavesOne() throws Exception {
    List<java.util.concurrent.Callable<Long>> pushes = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String text = "t" + i;
      pushes.add(() -> append(INBOX, text, "Topic", "k"));
    }
    List<Long> offsets = together(pushes);

    assertThat(after(INBOX, 0).entries())
        .extracting(Entry::offset)
        .containsExactly(offsets.stream().max(Long::compare).orElseThrow());
  }

  @Test
  default void whatIsRetractedIsGone() {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");
    store().logs().retract(INBOX, second);
    store().logs().retract(INBOX, second);
    store().logs().retract(INBOX, second + 77);

    assertThat(texts(INBOX)).containsExactly("a");
    assertThat(after(INBOX, first).readUpTo()).isEqualTo(second);
    assertThat(after(INBOX, 0).trimmed()).isZero();
    assertThat(entry(INBOX, second)).isNull();
    reopen();
    assertThat(texts(INBOX)).containsExactly("a");
    store().logs().retract(INBOX, first);
    assertThat(after(INBOX, 0)).isEqualTo(new Batch(List.of(), second, 0));
  }

  @Test
  default void aUsersQueuesAreListed() {
    append(INBOX, "a");
    long inbox = append(INBOX, "b");
    long other = append(new Destination.Queue("alice", "other"), "c", "TTL", "1");
    append(new Destination.Queue("alicia", "inbox"), "d");
    pass(Duration.ofSeconds(5));

    assertThat(store().logs().queues("alice"))
        .containsExactlyInAnyOrderEntriesOf(Map.of("inbox", inbox, "other", other));
  }
}
