package io.belfry.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushTests {
  private static Push push(String name) {
    return Push.of(
        new Destination.Topic("t"), Map.of(name, "v"), new byte[0], Retention.defaults());
  }

  @Test
  void cloudEventsHeadersArePassedOn() {
    assertThat(push("Ce-Type").headers()).containsExactly(Map.entry("ce-type", "v"));
    assertThat(push("x-other").headers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ce-a\nb", "ce-a:b", "ce-a b", "ce-ä", "ce-a\0", "ce-a\r"})
  void aNameThatNoHeaderMayHaveIsRefused(String name) {
    assertThatThrownBy(() -> push(name)).isInstanceOf(InvalidInputException.class);
  }
}
