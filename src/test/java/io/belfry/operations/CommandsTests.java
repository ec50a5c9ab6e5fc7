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
    assertThat(run("--server.port=8081", "--belfry.data-dir=a b")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--help, java -jar belfry.jar bench",
    "-h, java -jar belfry.jar token",
    "help, runs a node",
    "token --help, --expires 12h",
    "token --help, Usage: token USER",
    "token alice --help, Usage: token USER",
    "token -h, Usage: token USER",
    "bench --help, Usage: bench [--load",
    "bench -h, Usage: bench [--load",
    "--server.port=8081 --help, runs a node"
  })
  void helpIsGivenToWhoAsksForIt(String line, String usage) {
    assertThat(run(line.split(" "))).hasValue(0);
    assertThat(out.toString(UTF_8)).contains(usage);
    assertThat(err.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V", "version"})
  void theVersionIsToldAndNoNodeStarted(String name) {
    assertThat(run(name)).hasValue(0);
    assertThat(out.toString(UTF_8)).matches("Belfry( \\S+)?\\R");
    assertThat(err.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"frobnicate", "Token", "-x"})
  void whatIsNoCommandStartsNoNode(String name) {
    assertThat(run(name, "--server.port=8081")).hasValue(2);
    assertThat(out.size()).isZero();
    assertThat(err.toString(UTF_8)).contains("There is no command " + name + ".", "Usage: ");
  }

  @ParameterizedTest
  @CsvSource({
    "--belfry.auth.secret s3cret, --belfry.auth.secret",
    "--server.port=8081 s3cret --a=b, --server.port",
    "--a=b --c s3cret, --c"
  })
  void aWordBesideSettingsStartsNoNodeAndIsNotRepeated(String line, String before) {
    assertThat(run(line.split(" "))).hasValue(2);
    assertThat(out.size()).isZero();
    assertThat(err.toString(UTF_8))
        .contains("What follows " + before + " is no setting: they are --SETTING=VALUE.", "Usage: ")
        .doesNotContain("s3cret");
  }

  private OptionalInt run(String... arguments) {
    return Commands.run(
        List.of(arguments), new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
  }
}
