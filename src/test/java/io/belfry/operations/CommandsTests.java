package io.belfry.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTests {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void nothingAndSettingsStartANode() {
    assertThat(run()).isEmpty();
    assertThat(run("--server.port=8081", "token")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--help, java -jar belfry.jar bench",
    "-h, java -jar belfry.jar token",
    "help, runs a node",
    "token --help, Usage: token USER",
    "token alice --help, Usage: token USER",
    "bench --help, Usage: bench [--load"
  })
  void helpIsGivenToWhoAsksForIt(String line, String usage) {
    assertThat(run(line.split(" "))).hasValue(0);
    assertThat(out.toString(UTF_8)).contains(usage);
    assertThat(err.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"frobnicate", "Token", "-x"})
  void whatIsNoCommandStartsNoNode(String name) {
    assertThat(run(name, "--server.port=8081")).hasValue(2);
    assertThat(out.size()).isZero();
    assertThat(err.toString(UTF_8)).contains("There is no command " + name + ".", "Usage: ");
  }

  private OptionalInt run(String... arguments) {
    return Commands.run(
        List.of(arguments), new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
  }
}
