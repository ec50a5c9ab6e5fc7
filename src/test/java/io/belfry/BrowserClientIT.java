package io.belfry;

import static io.belfry.Tab.eventually;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.INTEGER;

import com.nimbusds.jose.JWSAlgorithm;
import com.sun.net.httpserver.HttpServer;
import io.belfry.Tab.Setup;
import io.belfry.testing.TestTokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `/belfry.js` in a real browser: what it does where the network, the node or the token goes.
class BrowserClientIT extends BrowserTest {
  private static final Duration BRIEF = Duration.ofSeconds(5);

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
    eventually().until(() -> (int) asking.run("() => asked") >= 3);
    assertThat(asking.run("() => states.find(s => s.state === 'waiting').delay"))
        .asInstanceOf(INTEGER)
        .isBetween(250, 500);
    assertThat(asking.run("() => states.filter(s => s.state === 'waiting')[1].delay"))
        .asInstanceOf(INTEGER)
        .isBetween(500, 1000);
    assertThat(ended.state()).isEqualTo("closed");
  }

  @Test
  void staysClosedThoughATokenIsRefusedToItAfterwards() {
    Tab waiting =
        Tab.open(
                context(),
                address(),
                Setup.of("nina").with("token: () => Promise.reject(new Error('none'))"))
            .awaitState("waiting");
    Tab asking =
        Tab.open(
            context(),
            address(),
            Setup.of("nina").with("token: () => new Promise((_, no) => { window.refuse = no; })"));
    eventually().until(() -> (boolean) asking.run("() => 'refuse' in window"));
    waiting.run("() => belfry.close()");
    asking.run("() => belfry.close()");
    asking.run("() => refuse(new Error('too late'))");
    // Longer than the first delays, after which it would ask again.
    waiting.run("() => new Promise(resolve => setTimeout(resolve, 2_000))");
    for (Tab closed : List.of(waiting, asking)) {
      assertThat(closed.state()).isEqualTo("closed");
      assertThat(closed.run("() => belfry.state")).isEqualTo("closed");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 600_000})
  void renewsATokenBeforeItExpires(int clockIsBehind) throws Exception {
    String user = "rene-" + clockIsBehind;
    context()
        .addInitScript(
            "const now = Date.now; Date.now = () => now() - %d;".formatted(clockIsBehind));
    // Made when it is asked for, so that a page that opens slowly costs nothing of its time.
    context().exposeFunction("brief", _ -> TestTokens.token(user, "", BRIEF));
    String lasting = TestTokens.token(user, "", Duration.ofHours(1));
    Tab tab = open(Setup.of(user).with("token: () => asked++ ? '%s' : brief()".formatted(lasting)));
    eventually().pollDelay(BRIEF).until(() -> true); // until the first one is over
    push(user, "1");
    tab.awaitBodies(1);
    assertThat(tab.run("() => states.map(s => s.state)"))
        .isEqualTo(List.of("connecting", "connected"));
    assertThat(tab.run("() => asked")).isEqualTo(2);
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

  @Test
  void doesNotAskAllTheTimeWhereTheClockIsAheadAndTokensDoNotSaySinceWhen() {
    context().addInitScript("const now = Date.now; Date.now = () => now() + 7_200_000;");
    String undated =
        io.belfry.security.TestTokens.sign(
            JWSAlgorithm.HS256,
            io.belfry.security.TestTokens.signer(TestTokens.SECRET),
            claims -> claims.subject("ian"));
    Tab tab =
        open(Setup.of("ian").with("token: () => { asked++; return '%s'; }".formatted(undated)));
    eventually().pollDelay(BRIEF).until(() -> true);
    assertThat(tab.run("() => asked")).isEqualTo(1);
  }

  @Test
  void comesBackAtOnceThoughTheClockIsSetBackMeanwhile() {
    Tab tab =
        Tab.open(
                context(),
                address(),
                Setup.of("cora").with("token: () => window.isRight ? token : token + 'x'"))
            .awaitState("waiting");
    tab.run(
        """
        () => {
          const now = Date.now;
          Date.now = () => now() - 3_600_000;
          window.isRight = true;
          dispatchEvent(new Event('online'));
        }
        """);
    tab.awaitState("connected");
  }

  @Test
  void losesNothingWhenTheNodeGoesAndComesBack() throws Exception {
    List<Tab> tabs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      tabs.add(open(Setup.of("gus").with("tabs: 'each'")));
    }
    for (int body = 1; body <= 5; body++) {
      push("gus", "" + body);
    }
    node().terminate();
    node().awaitEnd();
    node().restart();
    push("gus", "6");

    for (Tab tab : tabs) {
      tab.run("() => dispatchEvent(new Event('online'))"); // rather than wait for the next try
      tab.awaitBodies(1, 2, 3, 4, 5, 6);
    }
    List<Object> delays =
        tabs.stream()
            .map(tab -> tab.run("() => states.find(({ state }) => state === 'waiting').delay"))
            .toList();
    assertThat(delays).allSatisfy(d -> assertThat(d).asInstanceOf(INTEGER).isBetween(0, 2000));
    assertThat(Set.copyOf(delays)).as("spread: %s", delays).hasSizeGreaterThan(1);
    awaitNothingPends("gus");
  }

  @Test
  void goesOnWhenTheComputerHasSlept() throws Exception {
    try (StallingProxy network = StallingProxy.to(node().webSocket().getPort())) {
      Tab tab = open(network.address(), Setup.of("doze"));
      push("doze", "1");
      tab.awaitBodies(1);
      Chromium.suspend();
      try {
        network.cut(); // as the node does after three silent intervals
        push("doze", "2");
        awaitSessions("doze", 0);
        push("doze", "3");
      } finally {
        Chromium.resume();
      }
      tab.awaitBodies(1, 2, 3);
      awaitNothingPends("doze");
    }
  }
}
