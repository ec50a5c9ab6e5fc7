package io.belfry;

import static io.belfry.Tab.eventually;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.INTEGER;

import com.microsoft.playwright.BrowserContext;
import com.sun.net.httpserver.HttpServer;
import io.belfry.Tab.Setup;
import io.belfry.testing.Node;
import io.belfry.testing.TestTokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `/belfry.js` in a real browser, on a node in a process of its own.
class BrowserClientIT {
  private static final String KEPT_WAITING =
      "() => new Promise(resolve => { window.letGo = resolve; })";

  @TempDir static Path directory;
  private static @Nullable Chromium chromium;
  private static @Nullable Node node;

  private final List<String> complaints = new ArrayList<>();
  private @Nullable BrowserContext context;

  @BeforeAll
  static void start() {
    chromium = Chromium.start();
    node =
        Node.start(directory, "--belfry.allowed-origins=*", "--belfry.inbox.max-messages=1000000");
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
    if (chromium != null) {
      chromium.close();
    }
  }

  @BeforeEach
  void newBrowser() {
    context = Objects.requireNonNull(chromium).browser().newContext();
    context.onWebError(error -> complaints.add(error.error()));
    context.onConsoleMessage(message -> {
      if (message.type().equals("error") || message.type().equals("warning")) {
        complaints.add(message.text());
      }
    });
  }

  @AfterEach
  void closeBrowser() {
    context().close();
    // A browser says by itself that a WebSocket did not come about.
    complaints.removeIf(complaint -> complaint.startsWith("WebSocket connection to"));
    complaints.removeIf(complaint -> complaint.contains("404")); // its own wish for a favicon.ico
    assertThat(complaints).as("what the browser's console complains of").isEmpty();
  }

  @Test
  void handsOverEachEntryOnceAndInOrderThoughTheNodeIsKilledUnderPushes() throws Exception {
    Tab slow =
        open(Setup.of("kim").handledBy("() => new Promise(resolve => setTimeout(resolve, 2))"));
    Tab fast = open(Setup.of("kim"));
    Set<Long> accepted = ConcurrentHashMap.newKeySet();
    // Slower than the slow handler: what waits at the end must be little on any machine.
    try (var pusher = Executors.newSingleThreadScheduledExecutor()) {
      var _ = pusher.scheduleWithFixedDelay(() -> pushTo("kim", accepted), 0, 10, MILLISECONDS);
      for (int kill = 1; kill <= 2; kill++) {
        int enough = 100 * kill;
        eventually().until(() -> fast.offsets().size() > enough);
        node().kill();
        node().restart();
      }
    }

    for (Tab tab : List.of(slow, fast)) {
      eventually().untilAsserted(() -> assertThat(tab.offsets()).containsAll(accepted));
      assertThat(tab.offsets()).isSorted().doesNotHaveDuplicates();
    }
    awaitNothingPends("kim");
  }

  private static void pushTo(String user, Set<Long> accepted) {
    try {
      var answer = node().push("/user/" + user + "/queue/notifications", "\"load\"");
      if (answer.statusCode() == 201) {
        accepted.add(Long.valueOf(answer.body().replaceAll(".*\"offset\":(\\d+).*", "$1")));
      }
    } catch (IOException away) {
      // Not accepted: the node is just being killed.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void sharesOneConnectionAndGoesOnWhenTheConnectedTabIsClosedOrFrozen() throws Exception {
    Tab closed = open(Setup.of("tom"));
    Tab frozen = open(Setup.of("tom"));
    Tab last = open(Setup.of("tom"));
    push("tom", "\"all\"");
    for (Tab tab : List.of(closed, frozen, last)) {
      tab.awaitBodies("all");
    }
    assertThat(sessions("tom")).isEqualTo(1);

    closed.page().close();
    push("tom", "\"one is closed\"");
    last.awaitBodies("all", "one is closed");
    frozen.setFrozen(true);
    push("tom", "\"one sleeps\"");
    last.awaitBodies("all", "one is closed", "one sleeps");
    frozen.setFrozen(false);
    frozen.awaitBodies("all", "one is closed", "one sleeps");
    awaitNothingPends("tom");
    eventually().until(() -> sessions("tom") == 1);
  }

  @Test
  void givesARefusedMessageAgainToTheHandlerThatRefusedItAlone() throws Exception {
    Tab tab =
        open(
            Setup.of("rita")
                .handledBy(
                    "({ body }) => { if (body === 2 && !window.once) { window.once = true; throw"
                        + " new Error('not now'); } }"));
    tab.run(
        "() => { window.calm = []; belfry.subscribe('/user/queue/notifications', ({ body }) => {"
            + " calm.push(body); }); }");
    Tab other = open(Setup.of("rita"));
    for (int body = 1; body <= 3; body++) {
      push("rita", "" + body);
    }
    tab.awaitBodies(1, 2, 3, 2);
    awaitNothingPends("rita");
    assertThat(tab.run("() => calm")).isEqualTo(List.of(1, 2, 3));
    assertThat(tab.run("() => errors.length")).isEqualTo(1);
    other.awaitBodies(1, 2, 3);
  }

  @Test
  void acknowledgesOnceTheHandlersOfAllVisibleTabsHaveReturned() throws Exception {
    Tab slow = open(Setup.of("vera").handledBy(KEPT_WAITING));
    Tab fast = open(Setup.of("vera"));
    push("vera", "1");
    slow.awaitBodies(1);
    fast.awaitBodies(1);
    push("vera", "2");
    fast.awaitBodies(1, 2); // so what it said of the first one has been heard
    assertThat(pending("vera")).isEqualTo(2);
    slow.setVisible(false);
    awaitNothingPends("vera");

    fast.setVisible(false);
    slow.run("() => letGo()");
    slow.awaitBodies(1, 2);
    slow.run("() => letGo()");
    push("vera", "3");
    slow.awaitBodies(1, 2, 3);
    fast.awaitBodies(1, 2, 3);
    assertThat(pending("vera")).isEqualTo(1);
    slow.run("() => letGo()");
    awaitNothingPends("vera");
  }

  @Test
  void handsOverWhatIsOpenToATabThatComesLate() throws Exception {
    open(Setup.of("lisa").handledBy(KEPT_WAITING));
    push("lisa", "1");
    push("lisa", "2");
    eventually().until(() -> pending("lisa") == 2);
    Tab late = open(Setup.of("lisa"));
    late.awaitBodies(1, 2);
    push("lisa", "3");
    late.awaitBodies(1, 2, 3);
  }

  @Test
  void comesBackAtOnceWhenTheNetworkDoes() throws Exception {
    try (StallingProxy network = StallingProxy.to(node().webSocket().getPort())) {
      Tab tab = Tab.open(context(), network.address(), Setup.of("olga")).awaitState("connected");
      network.stall();
      context().setOffline(true);
      push("olga", "1");
      context().setOffline(false);
      tab.awaitBodies(1);
    }
  }

  @Test
  void catchesUpAfterAPageHasStalled() throws Exception {
    Tab stalled = open(Setup.of("stan"));
    Tab other = open(Setup.of("olaf"));
    stalled.run(
        "() => { setTimeout(() => { const end = Date.now() + 2500; while (Date.now() < end); }); }");
    for (int body = 1; body <= 20; body++) {
      push("stan", "" + body);
    }
    push("olaf", "\"meanwhile\"");
    other.awaitBodies("meanwhile");
    eventually().untilAsserted(() -> assertThat(stalled.bodies()).hasSize(20));
    assertThat(stalled.offsets()).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void endsWhereATokenIsRefusedAndAsksAFunctionAgainWithGrowingDelays() {
    Tab ended = Tab.open(context(), address(), Setup.of("ned").with("token: 'none'"));
    ended.awaitState("closed");
    Tab asking =
        Tab.open(
            context(), address(), Setup.of("ned").with("token: () => { asked++; return 'none'; }"));
    eventually().until(() -> asking.run("() => asked").equals(3));
    assertThat(asking.run("() => states.find(s => s.state === 'waiting').delay"))
        .asInstanceOf(INTEGER)
        .isBetween(250, 500);
    assertThat(asking.run("() => states.filter(s => s.state === 'waiting')[1].delay"))
        .asInstanceOf(INTEGER)
        .isBetween(500, 1000);
    assertThat(ended.state()).isEqualTo("closed");
  }

  @Test
  void renewsATokenBeforeItExpires() throws Exception {
    String brief = TestTokens.token("rene", "", Duration.ofSeconds(3));
    String lasting = TestTokens.token("rene", "", Duration.ofHours(1));
    Tab tab =
        open(Setup.of("rene").with("token: () => asked++ ? '%s' : '%s'".formatted(lasting, brief)));
    eventually().pollDelay(Duration.ofSeconds(4)).until(() -> true); // until the first one is over
    push("rene", "1");
    tab.awaitBodies(1);
    assertThat(tab.run("() => states.map(s => s.state)"))
        .isEqualTo(List.of("connecting", "connected"));
    assertThat(tab.run("() => asked")).isEqualTo(2);
  }

  @Test
  void staysAwayInAllTabsWhenAnOperatorDisconnectsThePerson() throws Exception {
    Tab one = open(Setup.of("exile"));
    Tab other = open(Setup.of("exile"));
    HttpRequest disconnect =
        HttpRequest.newBuilder(node().uri("/user/exile/sessions"))
            .header("Authorization", "Bearer " + TestTokens.admin())
            .DELETE()
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertThat(http.send(disconnect, BodyHandlers.discarding()).statusCode()).isEqualTo(204);
    }
    one.awaitState("closed");
    other.awaitState("closed");
    eventually().until(() -> sessions("exile") == 0);
  }

  @Test
  void keepsTwoPeopleInOneBrowserApart() throws Exception {
    Tab ann = open(Setup.of("ann"));
    Tab ben = open(Setup.of("ben"));
    push("ann", "\"for ann\"");
    push("ben", "\"for ben\"");
    ann.awaitBodies("for ann");
    ben.awaitBodies("for ben");
  }

  @Test
  void startsWhereItIsToldOnceAndNotAgainAtReconnects() throws Exception {
    Tab first = open(Setup.of("fran"));
    push("fran", "1");
    push("fran", "2");
    first.awaitBodies(1, 2);
    awaitNothingPends("fran");
    Tab again = open(Setup.of("fran").with("from: 'earliest'"));
    again.awaitBodies(1, 2);
    node().kill();
    node().restart();
    push("fran", "3");
    eventually().until(() -> again.bodies().size() > 2);
    again.awaitBodies(1, 2, 3);
    first.awaitBodies(1, 2, 3);
    awaitNothingPends("fran");
  }

  @Test
  void givesEachTabADeviceOfItsOwnWhereThatIsAskedFor() throws Exception {
    Tab one = open(Setup.of("each").with("tabs: 'each'"));
    Tab other = open(Setup.of("each").with("tabs: 'each'"));
    assertThat(sessions("each")).isEqualTo(2);
    Object device = one.run("() => belfry.device");
    assertThat(device).isNotEqualTo(other.run("() => belfry.device"));
    one.run("() => belfry.close()");
    one.awaitState("closed");
    eventually().until(() -> sessions("each") == 1);
  }

  @Test
  void worksWithoutWebLocksAndWithoutStorage() throws Exception {
    context()
        .addInitScript(
            """
            Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
            for (const name of ['localStorage', 'sessionStorage']) {
              Object.defineProperty(window, name, { get() { throw new DOMException('', 'SecurityError'); } });
            }
            """);
    Tab tab = open(Setup.of("poor"));
    push("poor", "1");
    tab.awaitBodies(1);
  }

  @Test
  void worksFromAnAllowedOrigin() throws Exception {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] page = "<!doctype html><title>Another</title>".getBytes(StandardCharsets.UTF_8);
    other.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    other.start();
    try {
      String url = "http://127.0.0.1:" + other.getAddress().getPort() + "/";
      Tab tab = Tab.open(context(), url, address(), Setup.of("guest")).awaitState("connected");
      push("guest", "{\"from\":\"afar\"}");
      tab.awaitBodies(Map.of("from", "afar"));
    } finally {
      other.stop(0);
    }
  }

  private static Node node() {
    return Objects.requireNonNull(node);
  }

  private BrowserContext context() {
    return Objects.requireNonNull(context);
  }

  private static String address() {
    return "http://127.0.0.1:" + node().webSocket().getPort();
  }

  private Tab open(Setup setup) {
    return Tab.open(context(), address(), setup).awaitState("connected");
  }

  private static void push(String user, String body) throws IOException, InterruptedException {
    var answer = node().push("/user/" + user + "/queue/notifications", body);
    assertThat(answer.statusCode()).isEqualTo(201);
  }

  private static void awaitNothingPends(String user) {
    eventually().until(() -> pending(user) == 0);
  }

  private static int pending(String user) throws IOException, InterruptedException {
    return Integer.parseInt(presence(user).replaceAll("(?s).*\"pending\":(\\d+).*", "$1"));
  }

  private static int sessions(String user) throws IOException, InterruptedException {
    return presence(user).split("\"device\"", -1).length - 1;
  }

  private static String presence(String user) throws IOException, InterruptedException {
    return node().get("/user/" + user, TestTokens.push()).body();
  }
}
