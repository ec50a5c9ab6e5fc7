package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Appended;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.DeadLetter;
import io.belfry.core.log.DeadLetters;
import io.belfry.core.log.Destination;
import io.belfry.core.log.From;
import io.belfry.core.log.InMemoryStore;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.core.log.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CursorKeeperTests {
  private static final CursorKey KEY =
      new CursorKey(new Destination.Queue("alice", "notifications"), "alice", "phone");

  private static final CursorKey SIBLING = new CursorKey(KEY.destination(), "alice", "laptop");

  private final InMemoryStore store = new InMemoryStore();
  private final CursorKeeper keeper = new CursorKeeper(store, Duration.ofSeconds(1));

  @AfterEach
  void close() {
    keeper.close();
  }

  @Test
  void aCursorThatIsOpenStaysInUseThoughNothingChanges() {
    keeper.open(KEY, new From.Cursor());
    int before = store.merges.get();

    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (store.merges.get() < before + 3 && System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }

    assertThat(store.merges.get()).isGreaterThanOrEqualTo(before + 3);
  }

  // Such as a damaged key in Redis: that of one device must not be everybody's.
  @Test
  void whatOneCursorMeetsDoesNotKeepOthersFromBeingWritten() throws Exception {
    long offset = append();
    try (CursorKeeper lazy = new CursorKeeper(store, Duration.ofDays(1))) {
      Cursor damaged = lazy.open(KEY, new From.Earliest()).cursor();
      Cursor sound = lazy.open(SIBLING, new From.Earliest()).cursor();
      lazy.flush().join();
      store.refusesToMerge = Set.of(KEY);
      damaged.settleThrough(offset);
      sound.settleThrough(offset);
      lazy.flush().exceptionally(failure -> null).join();

      CursorState written = store.of(KEY.destination(), "alice").get("laptop");
      assertThat(Objects.requireNonNull(written).settled()).isEqualTo(offset);
      lazy.flush().join();
    }
  }

  @Test
  void whatTheStoreCouldNotTakeIsWrittenOnceItCan() throws Exception {
    long offset = append();
    try (CursorKeeper lazy = new CursorKeeper(store, Duration.ofDays(1))) {
      Cursor cursor = lazy.open(KEY, new From.Earliest()).cursor();
      lazy.flush().join();
      store.beforeMerge =
          () -> {
            throw new StoreUnavailableException("away", null);
          };
      cursor.settleThrough(offset);
      assertThat(lazy.flush()).failsWithin(Duration.ofSeconds(30));
      assertThat(lazy.of(KEY).get("phone")).extracting(CursorState::settled).isEqualTo(offset);

      store.beforeMerge = () -> {};
      lazy.flush().join();

      CursorState written = store.of(KEY.destination(), "alice").get("phone");
      assertThat(Objects.requireNonNull(written).settled()).isEqualTo(offset);
    }
  }

  @Test
  void whatTheStoreRefusesWhileTheyAreWrittenOneByOneIsWrittenLater() throws Exception {
    long offset = append();
    try (CursorKeeper lazy = new CursorKeeper(store, Duration.ofDays(1))) {
      Cursor damaged = lazy.open(KEY, new From.Earliest()).cursor();
      Cursor sound = lazy.open(SIBLING, new From.Earliest()).cursor();
      lazy.flush().join();
      store.refusesToMerge = Set.of(KEY);
      // Both at once still meet what is damaged, each alone a store that is away.
      store.beforeMerge = () -> store.beforeMerge = () -> store.away = true;
      damaged.settleThrough(offset);
      sound.settleThrough(offset);
      lazy.flush().exceptionally(failure -> null).join();
      store.beforeMerge = () -> {};
      store.away = false;
      lazy.flush().join();

      CursorState written = store.of(KEY.destination(), "alice").get("laptop");
      assertThat(Objects.requireNonNull(written).settled()).isEqualTo(offset);
    }
  }

  @Test
  void theStoreIsToldOfASettledDeadLetterOnce() {
    Cursor cursor = keeper.open(KEY, new From.Earliest()).cursor();
    cursor.settleRedeemed(7);
    keeper.flush().join();

    assertThat(cursor.redeemed()).isEmpty();
  }

  // The device's cursor is forgotten here as soon as it leaves, and what it settled is not.
  @Test
  void whoComesBackIsNotSentARedeemedDeadLetterThatItSettled() throws Exception {
    long offset = append();
    DeadLetters letters = store.deadLetters();
    letters.add(
        new DeadLetter(
            0, KEY, 5, "refused", Objects.requireNonNull(store.entry(KEY.destination(), offset))));
    assertThat(letters.redeliver(letters.after(0, 1).getFirst().offset())).isTrue();
    try (CursorKeeper lazy = new CursorKeeper(store, Duration.ofDays(1))) {
      Cursor cursor = lazy.open(KEY, new From.Earliest()).cursor();
      lazy.flush().join();
      cursor.settleRedeemed(offset);
      CountDownLatch goOn = beginWriting(lazy);

      lazy.release(cursor);
      lazy.open(KEY, new From.Cursor());
      List<Long> toCome = letters.redeliveries(KEY);
      goOn.countDown();

      assertThat(toCome).isEmpty();
    }
  }

  // The write behind has taken what was settled and the store does not have it yet.
  @Test
  void whoComesBackWhileItsCursorIsBeingWrittenStartsWhereItWas() throws Exception {
    long offset = append();
    try (CursorKeeper lazy = new CursorKeeper(store, Duration.ofDays(1))) {
      Cursor cursor = lazy.open(KEY, new From.Earliest()).cursor();
      lazy.flush().join();
      cursor.settleThrough(offset);
      CountDownLatch goOn = beginWriting(lazy);

      lazy.release(cursor);
      long back = lazy.open(KEY, new From.Cursor()).start();
      long sibling = lazy.open(SIBLING, new From.Cursor()).start();
      goOn.countDown();

      assertThat(back).isEqualTo(offset);
      assertThat(sibling).isEqualTo(offset);
    }
  }

  @Test
  void allThatUseACursorShareItWhoeverLeaves() {
    Cursor first = keeper.open(KEY, new From.Cursor()).cursor();
    keeper.release(keeper.open(KEY, new From.Cursor()).cursor());

    assertThat(keeper.open(KEY, new From.Cursor()).cursor()).isSameAs(first);
  }

  // It has missed the write that is under way.
  @Test
  void whatIsSettledWhileItsCursorIsBeingWrittenIsWrittenNext() throws Exception {
    long first = append();
    long second = append();
    try (CursorKeeper lazy = new CursorKeeper(store, Duration.ofDays(1))) {
      Cursor cursor = lazy.open(KEY, new From.Earliest()).cursor();
      lazy.flush().join();
      cursor.settleThrough(first);
      CountDownLatch goOn = beginWriting(lazy);

      cursor.settleThrough(second);
      goOn.countDown();
      lazy.flush().join();

      CursorState written = store.of(KEY.destination(), "alice").get("phone");
      assertThat(Objects.requireNonNull(written).settled()).isEqualTo(second);
    }
  }

  // Until the latch opens, the write behind has taken what changed and the store does not have it.
  private CountDownLatch beginWriting(CursorKeeper lazy) {
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    store.beforeMerge =
        () -> {
          taken.countDown();
          await(goOn);
        };
    var ignored = lazy.flush();
    await(taken);
    store.beforeMerge = () -> {};
    return goOn;
  }

  private long append() {
    Push push = Push.of(KEY.destination(), Map.of(), new byte[0], Retention.defaults());
    var fresh = (Appended.Fresh) store.append(push).join();
    return Objects.requireNonNull(fresh.receipt().offset());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}
