package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Retention;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Once a second the cursors of all who have acknowledged something are written, and pushes are not
/// to wait until all of them are.
class MergedCursorsTests {
  @TempDir Path directory;

  private static Map<CursorKey, CursorState> cursors(int count) {
    Map<CursorKey, CursorState> states = new HashMap<>();
    for (int i = 0; i < count; i++) {
      String user = "user" + i;
      CursorKey key = new CursorKey(new Destination.Queue(user, "inbox"), user, "phone");
      states.put(key, CursorState.at(7));
    }
    return states;
  }

  private EmbeddedStore open() {
    return EmbeddedStore.open(directory, Retention.defaults(), InstantSource.system());
  }

  @Test
  void othersGetTheirTurnBetween() {
    try (EmbeddedStore store = open()) {
      long before = store.counters().commits();

      store.cursors().merge(cursors(1000));

      assertThat(store.counters().commits() - before).isBetween(15L, 17L);
    }
  }

  @Test
  void veryManyAreNotSyncedMoreOften() {
    try (EmbeddedStore store = open()) {
      long before = store.counters().commits();

      store.cursors().merge(cursors(10_000));

      assertThat(store.counters().commits() - before).isBetween(15L, 17L);
      assertThat(store.cursors().of(new Destination.Queue("user9999", "inbox"), "user9999"))
          .containsKey("phone");
    }
  }
}
