package io.belfry.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.RawHttp;
import io.belfry.security.TestTokens;
import io.belfry.testing.Node;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Processes of their own: what they print, and with which code they end.
class StartIT {
  private static final String SECRET = "BELFRY_AUTH_SECRET";
  private static final int TIMEOUT_SECONDS = 60;
  private static final String JCMD =
      Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();

  @TempDir private Path directory;

  /// What a process said.
  private record Ended(int code, String out, String err) {}

  @Test
  void theTokenCommandPrintsATokenAndNothingElse() throws Exception {
    Ended ended = run(Map.of(SECRET, TestTokens.SECRET), "token", "alice", "--scope", "push");

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+\\n");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void theTokenCommandTellsMisuse() throws Exception {
    Ended ended = run(Map.of(), "token");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).contains("Usage:");
  }

  @Test
  void theTokenCommandTellsASettingThatIsWrong() throws Exception {
    Ended ended = run(Map.of(SECRET, "short"), "token", "alice");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).contains("belfry.auth.secret").doesNotContain("Exception");
  }

  @ParameterizedTest
  @CsvSource({
    "SERVER_ADDRESS, 0.0.0.0, BELFRY_AUTH_SECRET",
    "BELFRY_DELIVERY_WINDOW, 0, belfry.delivery.window must be 1 to 10000",
    "SERVER_PORT, 99999, server.port must be 0 to 65535",
    "SERVER_PORT, -5, server.port must be 0 to 65535",
    "SERVER_PORT, http, server.port is 'http': it must be a whole number",
    "MANAGEMENT_SERVER_PORT, 99999, management.server.port must be -1 (off) or 0 to 65535",
    "SERVER_SERVLET_CONTEXTPATH, /belfry, server.servlet.context-path is '/belfry', but",
    "MANAGEMENT_ENDPOINTS_WEB_BASEPATH, /manage, management.endpoints.web.base-path is '/manage'",
    "BELFRY_HEARTBEAT, soon, belfry.heartbeat is 'soon': it must be a duration such as 30s",
    "SERVER_SSL_BUNDLE, nope, names the SSL bundle nope",
    "SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_PUBLICKEYLOCATION, file:/dev/null, has an RSA",
    "BELFRY_DATADIR, /dev/null, The data directory /dev/null cannot be made: /dev/null is a file.",
    "JDK_JAVA_OPTIONS, -Djava.io.tmpdir=/dev/null, The temporary directory /dev/null cannot be",
  })
  void aSettingThatIsWrongRefusesToStart(String variable, String value, String sentence)
      throws Exception {
    Ended ended = run(Map.of(variable, value));

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.out())
        .contains("APPLICATION FAILED TO START", sentence)
        .doesNotContain("\tat ");
  }

  @Test
  void aFileOfSettingsThatIsNoYamlRefusesToStartAndIsNotTold() throws Exception {
    Files.writeString(directory.resolve("application.yaml"), "belfry:\n\tnode: s3cret\n");
    Ended ended = run(Map.of());

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.out())
        .contains("APPLICATION FAILED TO START", "is no YAML: line 2, column 1")
        .doesNotContain("\tat ", "s3cret");
  }

  @Test
  void settingsOfRedisThatAreWrongRefuseToStartAndTheirPasswordIsNotTold() throws Exception {
    String url = "redis://:pass%word@127.0.0.1:6379";
    Ended ended = run(Map.of("BELFRY_STORE", "redis", "SPRING_DATA_REDIS_URL", url));

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.out())
        .contains("APPLICATION FAILED TO START", "spring.data.redis.url is no URL of a Redis.")
        .doesNotContain("\tat ", "WARN", "pass%word");
  }

  @Test
  void anIdleNodeKeepsLittleOfItsHeapFreeAndABusyOneWhatTheJvmDoes() throws Exception {
    try (Node node = Node.start(directory)) {
      Awaitility.await().untilAsserted(() -> assertThat(mostFree(node)).isEqualTo(20));
      Awaitility.await()
          .untilAsserted(() -> {
            String line = "{\"to\":\"/user/alice/queue/q\",\"body\":\"hello\"}\n";
            node.push("/messages", line.repeat(20_000), "Content-Type", "application/x-ndjson");
            assertThat(mostFree(node)).isEqualTo(70);
          });
      Awaitility.await().untilAsserted(() -> assertThat(mostFree(node)).isEqualTo(20));
    }
  }

  @ParameterizedTest
  @CsvSource({"-XX:MaxHeapFreeRatio=60, 60", "-XX:MinHeapFreeRatio=30, 70"})
  void howMuchOfTheHeapIsFreeIsLeftToTheCommandLine(String said, int most) throws Exception {
    try (Node node = Node.start(directory, Map.of("JDK_JAVA_OPTIONS", said))) {
      Awaitility.await()
          .during(Duration.ofSeconds(3))
          .untilAsserted(() -> assertThat(mostFree(node)).isEqualTo(most));
    }
  }

  private static int mostFree(Node node) throws IOException {
    Process asked =
        new ProcessBuilder(JCMD, Long.toString(node.pid()), "VM.flags", "-all")
            .redirectErrorStream(true)
            .start();
    String flags = new String(asked.getInputStream().readAllBytes(), UTF_8);
    Matcher most = Pattern.compile("MaxHeapFreeRatio += (\\d+) ").matcher(flags);
    assertThat(most.find()).as(flags).isTrue();
    return Integer.parseInt(most.group(1));
  }

  @Test
  void aPortThatIsTakenIsToldByItsSetting() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      Ended ended = run(Map.of("BELFRY_MQTT_PORT", port));

      assertThat(ended.code()).isEqualTo(1);
      assertThat(ended.out())
          .contains("APPLICATION FAILED TO START", "belfry.mqtt.port is " + port)
          .doesNotContain("\tat ");
    }
  }

  @Test
  void theTokenCommandSaysThatItSignsWithADemosSecret() throws Exception {
    Ended ended = run(Map.of(), "token", "alice");

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+\\n");
    assertThat(ended.err())
        .contains("made just now in " + directory.resolve("data").toRealPath())
        .contains("belfry.auth.secret");
  }

  @Test
  void theDemoPrintsAPageAndACommandThatWorksAndATokenIsSignedBesideIt() throws Exception {
    Process node = start(Map.of("BELFRY_DATADRI", "x"));
    try {
      String out = readUntil(node.getInputStream(), "It works.");

      assertThat(out).contains("BELFRY_DATADRI names no setting; is it BELFRY_DATADIR?");
      Matcher page = Pattern.compile("http://localhost:(\\d+)/\\?user=(\\w+)").matcher(out);
      assertThat(page.find()).isTrue();
      List<String> commands = out.lines().filter(line -> line.contains("curl")).toList();
      assertThat(commands).hasSize(1);
      Matcher command =
          Pattern.compile("curl (\\S+) -H '(Authorization: Bearer \\S+)' .*-d '(\\{.*})'")
              .matcher(commands.getFirst());
      assertThat(command.find()).isTrue();
      assertThat(command.group(1))
          .isEqualTo(
              "http://localhost:"
                  + page.group(1)
                  + "/user/"
                  + page.group(2)
                  + "/queue/notifications");
      int port = Integer.parseInt(page.group(1));
      RawHttp http = new RawHttp(port);
      assertThat(isAnswered("127.0.0.1", port)).isTrue();
      assertThat(isAnswered("127.0.0.2", port)).isFalse();
      assertThat(http.send("POST", path(command.group(1)), command.group(3), command.group(2)))
          .matches(answer -> answer.status() == 201);

      Ended token = run(Map.of(), "token", "op", "--scope", "admin");
      assertThat(token.err()).contains("Signed with the demo's secret in ");
      String signed = "Authorization: Bearer " + token.out().strip();
      assertThat(http.get("/actuator/prometheus", signed).status()).isEqualTo(200);
    } finally {
      node.destroy();
      assertThat(node.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void withASecretItListensOnAllAddressesAndHasNoDemo() throws Exception {
    Process node = start(Map.of(SECRET, TestTokens.SECRET, "BELFRY_DEMO", "true"));
    try {
      String out = readUntil(node.getInputStream(), "prints a token");

      assertThat(out)
          .contains("belfry.demo is without effect")
          .doesNotContain("curl", "Bearer", "eyJ");
      Matcher address = Pattern.compile("http://localhost:(\\d+)").matcher(out);
      assertThat(address.find()).isTrue();
      int port = Integer.parseInt(address.group(1));
      assertThat(isAnswered("127.0.0.2", port)).isTrue();
      assertThat(new RawHttp(port).get("/demo/token?user=a").status()).isEqualTo(404);
    } finally {
      node.destroy();
      assertThat(node.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static boolean isAnswered(String address, int port) {
    try (Socket socket = new Socket(InetAddress.ofLiteral(address), port)) {
      return socket.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }

  private static String path(String url) {
    return url.replaceFirst("http://[^/]+", "");
  }

  private Ended run(Map<String, String> variables, String... arguments) throws Exception {
    Path out = Files.createTempFile(directory, "out", null);
    Path err = Files.createTempFile(directory, "err", null);
    Process process =
        builder(variables, arguments)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return new Ended(process.waitFor(), Files.readString(out), Files.readString(err));
  }

  private Process start(Map<String, String> variables) throws IOException {
    return builder(variables).redirectErrorStream(true).start();
  }

  private ProcessBuilder builder(Map<String, String> variables, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("io.belfry.BelfryApplication");
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("BELFRY_"));
    builder.environment().put("SERVER_PORT", "0");
    builder.environment().putAll(variables);
    return builder;
  }

  private static String readUntil(InputStream in, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    byte[] buffer = new byte[8192];
    while (text.indexOf(end) < 0) {
      int read = in.read(buffer);
      if (read < 0) {
        throw new IllegalStateException("It ended: " + text);
      }
      text.append(new String(buffer, 0, read, UTF_8));
    }
    return text.toString();
  }
}
