package io.belfry.transport.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SavedSessionTests {
  private static final List<SavedSession.Saved> SUBSCRIPTIONS =
      List.of(new SavedSession.Saved("user/queue/q", 1, 0, true));

  @Test
  void isKeptAsItWas() {
    SavedSession session =
        new SavedSession(
            SUBSCRIPTIONS,
            List.of(new SavedSession.Sent("user/queue/q", 7, 65_535)),
            List.of(1, 65_535));

    assertThat(SavedSession.decoded(session.encoded())).isEqualTo(session);
  }

  @Test
  void oneOfAnEarlierVersionHasReleasedEverything() {
    SavedSession session = new SavedSession(SUBSCRIPTIONS, List.of(), List.of());
    byte[] record = session.encoded();

    assertThat(SavedSession.decoded(Arrays.copyOf(record, record.length - Short.BYTES)))
        .isEqualTo(session);
  }
}
