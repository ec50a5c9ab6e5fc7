package io.belfry.transport.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.UncheckedIOException;

/// Any bytes are a session that was kept, or the exception that says they are none.
class SavedSessionFuzz {
  @FuzzTest
  void isKeptAsItWas(byte[] bytes) {
    SavedSession session;
    try {
      session = SavedSession.decoded(bytes);
    } catch (UncheckedIOException damaged) {
      return;
    }
    // A topic that is there twice is one: what was sent on it has the first one's place.
    SavedSession again = SavedSession.decoded(session.encoded());
    assertThat(again.subscriptions()).isEqualTo(session.subscriptions());
    assertThat(again.sent()).isEqualTo(session.sent().stream().limit(1000).toList());
    assertThat(again.unreleased()).isEqualTo(session.unreleased());
  }
}
