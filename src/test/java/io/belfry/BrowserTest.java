package io.belfry;

import static io.belfry.Tab.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import io.belfry.Tab.Setup;
import io.belfry.testing.Node;
import io.belfry.testing.TestTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/// What the tests of `/belfry.js` have in common: one node, in a process of its own, for all of
/// them, and for each test a browser that has seen nothing. Each test has users of its own.
abstract class BrowserTest {
  static final String KEPT_WAITING = "() => new Promise(resolve => { window.letGo = resolve; })";

  static final int MAX_MESSAGES = 5_000;

  private static @Nullable Node node;

  private final List<String> complaints = new ArrayList<>();
  private @Nullable BrowserContext context;

  @BeforeAll
  static void start() throws IOException {
    Chromium.browser(); // skips before a node is started in vain
    if (node == null) {
      Path directory = Files.createTempDirectory(Path.of("target"), "browser-");
      Node started =
          Node.start(
              directory,
              "--belfry.allowed-origins=*",
              "--belfry.inbox.max-messages=" + MAX_MESSAGES,
              "--belfry.drain=2s");
      Runtime.getRuntime().addShutdownHook(new Thread(started::kill));
      node = started;
    }
  }

  @BeforeEach
  void newBrowser() {
    context = newContext();
  }

  @AfterEach
  void closeBrowser() {
    context().close();
    // A browser says by itself that a WebSocket did not come about.
    complaints.removeIf(complaint -> complaint.startsWith("WebSocket connection to"));
    complaints.removeIf(complaint -> complaint.contains("404")); // its own wish for a favicon.ico
    assertThat(complaints).as("what the browser's console complains of").isEmpty();
  }

  private BrowserContext newContext() {
    BrowserContext made = Chromium.browser().newContext();
    made.onWebError(error -> complaints.add(error.error()));
    made.onConsoleMessage(message -> {
      if (message.type().equals("error") || message.type().equals("warning")) {
        complaints.add(message.text());
      }
    });
    return made;
  }

  /// What the browser's console has complained of; what a test expects it takes out.
  List<String> complaints() {
    return complaints;
  }

  BrowserContext context() {
    return Objects.requireNonNull(context);
  }

  static Node node() {
    return Objects.requireNonNull(node);
  }

  static String address() {
    return "http://127.0.0.1:" + node().webSocket().getPort();
  }

  Tab open(Setup setup) {
    return open(address(), setup);
  }

  Tab open(String address, Setup setup) {
    return Tab.open(context(), address, setup).awaitState("connected");
  }

  static void push(String user, String body, String... headers)
      throws IOException, InterruptedException {
    var answer = node().push("/user/" + user + "/queue/notifications", body, headers);
    assertThat(answer.statusCode()).isEqualTo(201);
  }

  static void awaitNothingPends(String user) {
    eventually().until(() -> pending(user) == 0);
  }

  static int pending(String user) throws IOException, InterruptedException {
    return Integer.parseInt(presence(user).replaceAll("(?s).*\"pending\":(\\d+).*", "$1"));
  }

  static void awaitSessions(String user, int count) {
    eventually().until(() -> presence(user).split("\"device\"", -1).length - 1 == count);
  }

  private static String presence(String user) throws IOException, InterruptedException {
    return node().get("/user/" + user, TestTokens.push()).body();
  }
}
