package io.belfry.push;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushDoorTests {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/topic/news",
        "/topic/",
        "/topic/%2e%2e",
        "/user/alice/queue/q",
        "/user/a%2Fb/queue/q",
        "/user//queue/q",
        "/user/alice/queue/",
        "/user/queueing/queue/q",
        "/user/%71ueue/queue/q",
        "/user/queue/queue/q",
      })
  void takesWhatHasTheFormOfADestination(String path) {
    assertThat(PushDoor.isDestination(path)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/topic",
        "/topic/news/",
        "/topic/news/ack",
        "/topic/news/1024",
        "/user/alice",
        "/user/alice/sessions",
        "/user/alice/queue",
        "/user/alice/queue/q/",
        "/user/alice/queue/q/1024",
        "/user/queue/q",
        "/user/queue/q/ack",
        "/user/queue/queue/ack",
        "/user/alice/QUEUE/q",
        "/topics/news",
        "//topic/news",
      })
  void leavesAllElseToTheServlets(String path) {
    assertThat(PushDoor.isDestination(path)).isFalse();
  }
}
