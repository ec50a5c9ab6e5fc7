package io.belfry.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.operations.TokenCommand.Order;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCommandTests {
  @Test
  void aUserIsEnough() {
    assertThat(parse("alice")).isEqualTo(new Order("alice", "", Duration.ofHours(12), List.of()));
  }

  @Test
  void optionsStandWhereTheyWant() {
    Order order = new Order("alice", "push", Duration.ofMinutes(30), List.of("--belfry.node=a"));

    assertThat(parse("alice", "--scope", "push", "--expires", "30m", "--belfry.node=a"))
        .isEqualTo(order);
    assertThat(parse("--scope=push", "--belfry.node=a", "--expires=PT30M", "alice"))
        .isEqualTo(order);
    assertThat(parse("alice", "--scope", "push,admin").scope()).isEqualTo("push admin");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "alice bob",
        "queue",
        "a/b",
        "alice --scope",
        "alice --scope root",
        "alice --scope=",
        "alice --expires 0s",
        "alice --expires 90",
        "alice --expires -1h",
        "alice --expires soon",
        "alice --expires 99999999999999d",
        "alice --what",
        "alice -x",
        "alice --belfry"
      })
  void misuseIsToldAndEndsWithTwo(String arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    List<String> split = arguments.isEmpty() ? List.of() : List.of(arguments.split(" "));

    int code = TokenCommand.run(split, _ -> null, print(out), print(err));

    assertThat(code).isEqualTo(2);
    assertThat(out.toString(UTF_8)).isEmpty();
    assertThat(err.toString(UTF_8)).contains("Usage: token USER");
  }

  @Test
  void keysThatCannotSignAreToldAndEndWithOne() {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();

    int code = TokenCommand.run(List.of("alice"), _ -> null, print(out), print(err));

    assertThat(code).isEqualTo(1);
    assertThat(out.toString(UTF_8)).isEmpty();
    assertThat(err.toString(UTF_8)).contains("cannot sign");
  }

  private static Order parse(String... arguments) {
    return TokenCommand.parse(List.of(arguments));
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, UTF_8);
  }
}
