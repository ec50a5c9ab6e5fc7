package io.belfry.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.TestNode;
import io.belfry.operations.Commands;
import io.belfry.testing.Ports;
import io.belfry.transport.tcp.TcpDoors;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCommandIT {
  @TempDir static Path directory;
  private static TestNode node;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void start() {
    node = TestNode.start(directory, "belfry.stomp.port=0", "belfry.mqtt.port=0");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private int bench(String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("bench", "--url", "http://127.0.0.1:" + node.port()));
    all.addAll(List.of("--duration", "1s", "--warmup", "0s", "--users", "5", "--pushers", "2"));
    all.addAll(List.of(arguments));
    OptionalInt exit =
        Commands.run(
            all,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return exit.orElseThrow();
  }

  private int benchWithSecret(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--belfry.auth.secret=" + TestNode.SECRET);
    return bench(all.toArray(String[]::new));
  }

  @Test
  void pushesToUsersAndTellsWhatItCostTheNode() {
    String pid = Long.toString(ProcessHandle.current().pid());
    assertThat(benchWithSecret("--rate", "100", "--pid", pid)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("connected 5 of 5", "lost 0", "latency ms", "for 100,000 pushes");
    assertThat(err.size()).isZero();
  }

  /// The image has no more than these modules and a few like them.
  @Test
  void runsOnAJre() throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--limit-modules=java.se,jdk.management,jdk.unsupported",
            "-cp",
            System.getProperty("java.class.path"),
            "io.belfry.BelfryApplication",
            "bench",
            "--url=http://127.0.0.1:" + node.port(),
            "--load=idle",
            "--duration=1s",
            "--users=5",
            "--pid=" + ProcessHandle.current().pid(),
            "--belfry.auth.secret=" + TestNode.SECRET);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(told).isZero();
    assertThat(told).contains("connected 5 of 5", "heap not known");
  }

  @Test
  void pushesToATopic() {
    assertThat(benchWithSecret("--load", "fanout", "--ack", "auto")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("the last one had it", "lost 0");
  }

  @Test
  void pushesToATopicBeforeTheLastOneHasIt() {
    assertThat(benchWithSecret("--load", "fanout", "--ack", "auto", "--in-flight", "8")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("latency ms", "lost 0")
        .doesNotContain("the last one had it");
  }

  @Test
  void pushesBatches() {
    assertThat(benchWithSecret("--load", "batch")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .containsPattern("accepted [1-9][0-9,]* entries")
        .contains("refused requests 0");
  }

  @Test
  void bringsUsersBackToWhatWaitsForThem() {
    assertThat(benchWithSecret("--load", "return", "--waiting", "7")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("accepted 35 ", "delivered 35 ", "lost 0");
  }

  @Test
  void keepsUsersIdle() {
    assertThat(benchWithSecret("--load", "idle")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("connected 5 of 5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stomp", "mqtt", "sse"})
  void keepsUsersIdleByOtherDoors(String door) {
    int port = door.equals("sse") ? node.port() : node.bean(TcpDoors.class).port(door);
    String url = "tcp://127.0.0.1:" + port;
    assertThat(benchWithSecret("--load", "idle", "--door", door, "--url", url)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("connected 5 of 5");
    assertThat(err.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"stomp", "mqtt", "sse"})
  void saysThatADoorRefuses(String door) {
    int port = door.equals("sse") ? node.port() : node.bean(TcpDoors.class).port(door);
    String url = "tcp://127.0.0.1:" + port;
    String secret = "--belfry.auth.secret=" + "another".repeat(6);
    assertThat(bench("--load", "idle", "--door", door, "--url", url, secret)).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("No user could be connected to " + url, " started. A user's connection ended");
  }

  @Test
  void pushesToUsersByOneDoorAlone() {
    assertThat(bench("--load", "push", "--door", "mqtt")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("--load idle alone");
  }

  @Test
  void saysWhyNothingWasAccepted() {
    assertThat(bench("--load", "batch", "--belfry.auth.secret=" + "another".repeat(6)))
        .isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains(node.port() + " refuses the token (status 401)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"push", "fanout", "return", "idle"})
  void stopsWhereTheNodeRefusesItsUsers(String load) {
    assertThat(bench("--load", load, "--belfry.auth.secret=" + "another".repeat(6))).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8)).hasLineCount(1).contains("connected 0 of 5");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .hasLineCount(1)
        .contains("http://127.0.0.1:" + node.port(), "--belfry.auth.secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"push", "fanout", "batch", "return", "idle"})
  void stopsWhereThereIsNoNode(String load) {
    String url = "http://127.0.0.1:" + Ports.free();
    assertThat(benchWithSecret("--load", load, "--url", url)).isEqualTo(1);
    assertThat(out.size()).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .hasLineCount(1)
        .startsWith("No node answers at " + url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo",
        "",
        "localhost:8080",
        "http://",
        "http://a b",
        "http://h:65536",
        "https://h",
        "/"
      })
  void saysWhatAUrlIs(String url) {
    assertThat(bench("--url", url)).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--url is http://host:port.", "Usage: bench");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3x", "", "s", "3ss", "-1", "1.5s", "9999999999"})
  void saysWhatADurationIs(String duration) {
    assertThat(bench("--duration", duration)).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--duration takes a number of seconds, such as 10 or 10s.", "Usage: bench");
  }

  @Test
  void takesAnOptionWithAnEqualsSign() {
    assertThat(benchWithSecret("--load=idle", "--users=3")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("connected 3 of 3");
  }

  @Test
  void wantsALoadThatLasts() {
    assertThat(bench("--duration", "0s")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("--duration is at least 1s.");
  }

  @Test
  void saysThatThereIsNoSuchProcess() {
    assertThat(bench("--pid", "999999999")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--pid is 999999999, and this machine has no such process.");
  }

  @Test
  void saysWhatAnOptionTakes() {
    assertThat(bench("--load", "storm")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--load is one of push, fanout, batch, return, idle.", "Usage: bench");
  }
}
