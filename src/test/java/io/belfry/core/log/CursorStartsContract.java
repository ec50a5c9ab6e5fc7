package io.belfry.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Where a device starts.
interface CursorStartsContract extends StoreUnderTest {
  @Test
  default void aFirstDeviceStartsAtTheEarliestEntry() {
    keepingAtMost(2);
    append(INBOX, "a");
    append(INBOX, "b");
    append(INBOX, "c");
    Cursors.Opened opened = open(PHONE);

    assertThat(opened.state().settled()).isEqualTo(opened.start());
    Batch batch = after(INBOX, opened.start());
    assertThat(texts(batch)).containsExactly("b", "c");
    // Who starts there misses nothing: what was dropped before is no gap to it.
    assertThat(batch.trimmed()).isLessThanOrEqualTo(opened.start());
    assertThat(opened.start()).isLessThan(batch.entries().getFirst().offset());
  }

  @Test
  default void aDeviceMayBeBeforeTheFirstEntry() {
    Cursors.Opened opened = open(PHONE);
    assertThat(opened.start()).isZero();
    append(INBOX, "a");

    assertThat(open(PHONE).start()).isZero();
    assertThat(texts(after(INBOX, open(PHONE).start()))).containsExactly("a");
  }

  @Test
  default void aDeviceThatIsNotFirstStartsAtTheHighestOfTheOthers() {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");
    append(INBOX, "c");
    settle(PHONE, first);
    settle(LAPTOP, second);

    Cursors.Opened tablet = open(new CursorKey(INBOX, "alice", "tablet"));
    assertThat(tablet.start()).isEqualTo(second);
    assertThat(tablet.state().settled()).isEqualTo(second);
    assertThat(open(new CursorKey(INBOX, "alice", CursorKey.SHARED)).start()).isEqualTo(second);
    CursorKey elsewhere = new CursorKey(new Destination.Queue("alice", "other"), "alice", "phone");
    append(elsewhere.destination(), "x");
    assertThat(texts(after(elsewhere.destination(), open(elsewhere).start()))).containsExactly("x");
  }

  @Test
  default void theSharedCursorIsOneOfTheOthers() {
    append(INBOX, "a");
    long second = append(INBOX, "b");
    settle(new CursorKey(INBOX, "alice", CursorKey.SHARED), second);

    assertThat(open(PHONE).start()).isEqualTo(second);
  }

  @Test
  default void onATopicADeviceStartsAtTheLatest() {
    long first = append(NEWS, "a");
    CursorKey phone = new CursorKey(NEWS, "alice", "phone");
    CursorKey laptop = new CursorKey(NEWS, "alice", "laptop");
    assertThat(open(phone).start()).isEqualTo(first);
    long second = append(NEWS, "b");

    assertThat(open(laptop).start()).isEqualTo(second);
    assertThat(open(new CursorKey(NEWS, "bob", "phone")).start()).isEqualTo(second);
    assertThat(open(phone).start()).isEqualTo(first);
  }

  @Test
  default void aStartIsKeptAtOnce() {
    long first = append(NEWS, "a");
    CursorKey phone = new CursorKey(NEWS, "alice", "phone");
    open(phone);
    append(NEWS, "b");
    reopen();

    assertThat(cursor(phone)).isEqualTo(CursorState.at(first));
    assertThat(open(phone).start()).isEqualTo(first);
  }

  @Test
  default void aNewDeviceMaySayWhereItStarts() {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");
    settle(LAPTOP, second);

    assertThat(open(device(1), new From.After(first)))
        .isEqualTo(new Cursors.Opened(CursorState.at(first), first));
    assertThat(open(device(2), new From.Latest()))
        .isEqualTo(new Cursors.Opened(CursorState.at(second), second));
    Cursors.Opened earliest = open(device(3), new From.Earliest());
    assertThat(earliest.state()).isEqualTo(CursorState.at(earliest.start()));
    assertThat(texts(after(INBOX, earliest.start()))).containsExactly("a", "b");
    CursorKey topic = new CursorKey(NEWS, "alice", "phone");
    append(NEWS, "n");
    assertThat(texts(after(NEWS, open(topic, new From.Earliest()).start()))).containsExactly("n");
  }

  @Test
  default void anOffsetBeyondTheLastCountsAsTheLast() {
    long first = append(INBOX, "a");

    assertThat(open(PHONE, new From.After(first + 999)))
        .isEqualTo(new Cursors.Opened(CursorState.at(first), first));
    append(INBOX, "b");
    assertThat(texts(after(INBOX, open(PHONE).start()))).containsExactly("b");
    CursorKey nothing = new CursorKey(NEWS, "alice", "phone");
    assertThat(open(nothing, new From.After(5)).start()).isZero();
  }
}
