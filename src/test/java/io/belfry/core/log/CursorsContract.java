package io.belfry.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/// What [Cursors] promises, beside where a device starts.
interface CursorsContract extends StoreUnderTest {
  @Test
  default void aheadOfTheCursorMovesIt() {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");
    long third = append(INBOX, "c");
    settle(PHONE, first);

    assertThat(open(PHONE, new From.After(second)))
        .isEqualTo(new Cursors.Opened(CursorState.at(second), second));
    assertThat(cursor(PHONE)).isEqualTo(CursorState.at(second));
    assertThat(open(PHONE, new From.Latest()).start()).isEqualTo(third);
    assertThat(cursor(PHONE)).isEqualTo(CursorState.at(third));
  }

  @Test
  default void behindTheCursorReReadsAndMovesNothing() {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");
    settle(PHONE, second);

    assertThat(open(PHONE, new From.After(first)))
        .isEqualTo(new Cursors.Opened(CursorState.at(second), first));
    Cursors.Opened earliest = open(PHONE, new From.Earliest());
    assertThat(earliest.start()).isLessThan(first);
    assertThat(earliest.state()).isEqualTo(CursorState.at(second));
    assertThat(open(PHONE).start()).isEqualTo(second);
  }

  @Test
  default void openingGivesTheWholeState() {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");
    long third = append(INBOX, "c");
    CursorState state = state(first, third, Map.of(second, 2), third);
    store().cursors().merge(Map.of(PHONE, state));
    reopen();

    assertThat(open(PHONE)).isEqualTo(new Cursors.Opened(state, first));
    assertThat(open(PHONE, new From.After(second)).state())
        .isEqualTo(state(second, third, Map.of(), third));
  }

  @Test
  default void aCursorIsMergedForwardOnly() {
    List<Long> offsets = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      offsets.add(append(INBOX, "t" + i));
    }
    CursorState ahead =
        state(offsets.get(2), offsets.get(4), Map.of(offsets.get(3), 1), offsets.get(4));
    CursorState behind =
        state(offsets.get(0), offsets.get(5), Map.of(offsets.get(3), 3), offsets.get(1));
    store().cursors().merge(Map.of(PHONE, ahead));
    store().cursors().merge(Map.of(PHONE, behind));
    store().cursors().merge(Map.of(PHONE, behind));
    store().cursors().merge(Map.of(PHONE, CursorState.at(0)));
    reopen();

    assertThat(cursor(PHONE)).isEqualTo(ahead.merge(behind));
    assertThat(cursor(PHONE).settled()).isEqualTo(offsets.get(2));
    assertThat(cursor(PHONE).beyond()).containsExactly(offsets.get(4), offsets.get(5));
    assertThat(cursor(PHONE).nacks()).containsExactly(Map.entry(offsets.get(3), 3));
    assertThat(cursor(PHONE).sent()).isEqualTo(offsets.get(4));
    settle(PHONE, offsets.get(5));
    assertThat(cursor(PHONE)).isEqualTo(state(offsets.get(5), null, Map.of(), offsets.get(4)));
  }

  @Test
  default void nothingIsSettledThatIsStillToCome() {
    long first = append(INBOX, "a");
    store().cursors().merge(Map.of(PHONE, state(first + 9, first + 12, Map.of(), first + 12)));
    append(INBOX, "b");

    assertThat(cursor(PHONE)).isEqualTo(state(first, null, Map.of(), first));
    assertThat(texts(after(INBOX, open(PHONE).start()))).containsExactly("b");
  }

  @Test
  default void cursorsAreListedByDevice() {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");
    settle(PHONE, first);
    settle(LAPTOP, second);
    CursorKey shared = new CursorKey(INBOX, "alice", CursorKey.SHARED);
    settle(shared, first);
    long news = append(NEWS, "n");
    settle(new CursorKey(NEWS, "alice", "phone"), news);
    settle(new CursorKey(NEWS, "alic", "ephone"), news);

    assertThat(store().cursors().of(INBOX, "alice"))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "phone", CursorState.at(first),
                "laptop", CursorState.at(second),
                "", CursorState.at(first)));
    assertThat(store().cursors().of(NEWS, "alice")).containsOnlyKeys("phone");
    assertThat(store().cursors().of(NEWS, "carol")).isEmpty();
  }

  @Test
  default void aUserKeepsSixtyFourDevices() {
    append(INBOX, "a");
    for (int i = 0; i < Retention.MAX_DEVICES; i++) {
      open(device(i));
      pass(Duration.ofSeconds(1));
    }
    assertThat(store().cursors().of(INBOX, "alice")).hasSize(Retention.MAX_DEVICES);
    open(device(0));
    settle(device(1), 1);
    pass(Duration.ofSeconds(1));
    open(device(100));
    pass(Duration.ofSeconds(1));
    settle(device(101), 1);

    assertThat(store().cursors().of(INBOX, "alice"))
        .hasSize(Retention.MAX_DEVICES)
        .containsKeys("device-0", "device-1", "device-4", "device-100", "device-101")
        .doesNotContainKeys("device-2", "device-3");
    assertThat(store().cursors().of(INBOX, "bob")).isEmpty();
  }

  @Test
  default void aCursorThatNobodyUsesIsForgotten() {
    append(INBOX, "a");
    long second = append(INBOX, "b");
    Duration deviceTtl = retention().deviceTtl();
    settle(PHONE, second);
    settle(LAPTOP, second);
    pass(deviceTtl.minusSeconds(1));
    open(LAPTOP);
    pass(Duration.ofSeconds(1));

    assertThat(store().cursors().of(INBOX, "alice")).containsOnlyKeys("laptop");
    pass(deviceTtl);
    assertThat(store().cursors().of(INBOX, "alice")).isEmpty();
    long third = append(INBOX, "c");
    Cursors.Opened opened = open(PHONE);
    assertThat(opened.start()).isLessThan(third);
    assertThat(opened.state().settled()).isEqualTo(opened.start());
  }

  @Test
  default void aForgottenCursorIsNoHighest() {
    long first = append(INBOX, "a");
    long second = append(INBOX, "b");
    reopen(
        new Retention(retention().ttl(), 1000, Duration.ofHours(1), retention().idempotencyKeep()));
    settle(PHONE, second);
    pass(Duration.ofMinutes(30));
    settle(LAPTOP, first);
    pass(Duration.ofMinutes(30));

    assertThat(open(device(1)).start()).isEqualTo(first);
    // Nor does what was settled under it come back with it.
    assertThat(open(PHONE).start()).isEqualTo(first);
  }

  @Test
  default void manyAreMergedAtOnce() {
    Map<CursorKey, CursorState> states = new HashMap<>();
    for (int i = 0; i < 400; i++) {
      Destination log = new Destination.Queue("user-" + i, "inbox");
      states.put(new CursorKey(log, "user-" + i, "phone"), CursorState.at(append(log, "a")));
    }
    store().cursors().merge(states);
    store().cursors().merge(Map.of());
    reopen();

    states.forEach((key, state) -> assertThat(cursor(key)).isEqualTo(state));
  }

  @Test
  default void whatIsMergedAtTheSameTimeIsAllThere() throws Exception {
    List<Callable<Boolean>> merges = new ArrayList<>();
    SortedSet<Long> offsets = new TreeSet<>();
    for (int i = 0; i < 100; i++) {
      long offset = append(INBOX, "t" + i);
      offsets.add(offset);
      CursorState one = state(0, offset, Map.of(), offset);
      merges.add(() -> {
        store().cursors().merge(Map.of(PHONE, one));
        return true;
      });
    }
    together(merges);

    assertThat(cursor(PHONE)).isEqualTo(new CursorState(0, offsets, offsets.last(), none()));
  }

  private static SortedMap<Long, Integer> none() {
    return new TreeMap<>();
  }

  private static CursorState state(
      long settled,
      @org.jspecify.annotations.Nullable Long beyond,
      Map<Long, Integer> nacks,
      long sent) {
    SortedSet<Long> more = new TreeSet<>();
    if (beyond != null) {
      more.add(beyond);
    }
    return new CursorState(settled, more, sent, new TreeMap<>(nacks));
  }
}
