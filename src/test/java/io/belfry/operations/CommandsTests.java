package io.belfry.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
  void whoNamesNoCommandGetsANode() {
    assertThat(run()).isEmpty();
    assertThat(run("--server.port=9000")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"--help", "help", "-h", "token --help", "bench --help"})
  void tellsHowItIsUsed(String line) {
    assertThat(run(line.split(" ", -1))).hasValue(0);
    assertThat(text(out)).contains("Usage:");
    assertThat(text(err)).isEmpty();
  }

  @Test
  void whatIsNoCommandStartsNoNode() {
    assertThat(run("frobnicate")).hasValue(2);
    assertThat(text(err)).contains("There is no command frobnicate.", "Usage:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--url foo", "--url ftp://127.0.0.1", "--url http://", "--duration 3x"})
  void benchSaysWhatAnOptionTakes(String options) {
    assertThat(run(("bench " + options).split(" ", -1))).hasValue(2);
    assertThat(text(err)).contains("The option --", "Usage:");
  }

  @Test
  void benchEndsWhereThereIsNoNode() {
    assertThat(
            run(
                "bench",
                "--url",
                "http://127.0.0.1:1",
                "--users",
                "1",
                "--belfry.auth.secret=0123456789012345678901234567890123"))
        .hasValue(1);
    assertThat(text(err)).contains("Nobody can be connected to http://127.0.0.1:1");
  }

  private OptionalInt run(String... arguments) {
    return Commands.run(List.of(arguments), stream(out), stream(err));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
