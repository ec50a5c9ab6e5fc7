package io.belfry;

import static io.belfry.Tab.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.Tab.Setup;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `/belfry.js` in a real browser: what careless and hostile pages and pushes do to it.
class BrowserHardeningIT extends BrowserTest {
  private static final String ADD_TO_SEEN =
      "() => { window.seen = []; window.more = belfry.subscribe('/user/queue/notifications',"
          + " ({ body }) => { seen.push(body); }); }";

  @Test
  void saysWhatIsWrongWithOptionsAndDestinations() {
    Tab tab = open(Setup.of("oleg"));
    Object wrong =
        tab.run(
            """
            async () => {
              const { Belfry } = await import('/belfry.js');
              const token = 'x';
              const options = [undefined, null, {}, { token: '' }, { token: 42 }, { token, tabs: 'none' },
                { token, device: 'ä' }, { token, device: '' }, { token, from: -1 }, { token, from: '5' },
                { token, from: NaN }, { token, from: 2 ** 53 }, { token, url: 'javascript:1' },
                { token, url: 'http://[' }, { token, url: 'file:///ws' }];
              const destinations = [undefined, null, 5, '', '/', '/queue/a', '/user/bob/queue/a', '/topic/',
                '/topic/..', '/topic/a/b', '/topic/a b', '/topic/ä', '/topic/' + 'x'.repeat(65), '/TOPIC/a',
                '/topic/a\\n', '/user/queue/a?b', { toString: () => '/topic/a' }];
              const taken = [];
              const refuses = (what, act) => {
                try {
                  act();
                  taken.push(what);
                } catch (error) {
                  if (!(error instanceof TypeError)) taken.push([what, String(error)]);
                }
              };
              options.forEach(each => refuses(each, () => new Belfry(each)));
              destinations.forEach(each => refuses(each, () => belfry.subscribe(each, () => {})));
              refuses('no handler', () => belfry.subscribe('/topic/a'));
              refuses('from', () => belfry.subscribe('/topic/a', () => {}, { from: 'now' }));
              return taken.map(String);
            }
            """);
    assertThat(wrong).isEqualTo(List.of());
  }

  @Test
  void keepsHandlersOfOneDestinationApart() throws Exception {
    Tab tab =
        open(Setup.of("dora").handledBy("message => { message.offset = 0; delete message.id; }"));
    tab.run(ADD_TO_SEEN);
    push("dora", "1");
    tab.awaitBodies(1);
    awaitSeen(tab, 1);
    awaitNothingPends("dora");
    tab.run("() => { more(); more(); }");
    push("dora", "2");
    tab.awaitBodies(1, 2);
    awaitNothingPends("dora");
    awaitSeen(tab, 1);
    tab.run("() => { stop(); " + ADD_TO_SEEN.replace("() => {", "") + "");
    push("dora", "3");
    awaitSeen(tab, 3);
    awaitNothingPends("dora");
    tab.awaitBodies(1, 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "() => stop()",
        "async () => { stop(); await null; }",
        "() => { belfry.close(); }"
      })
  void acknowledgesWhatAHandlerEndsWith(String handler) throws Exception {
    String user = "ends-" + handler.length();
    Tab tab = open(Setup.of(user).handledBy(handler));
    push(user, "1");
    tab.awaitBodies(1);
    awaitNothingPends(user);
    push(user, "2");
    Tab next = open(Setup.of(user));
    next.awaitBodies(2);
    tab.awaitBodies(1);
  }

  @Test
  void givesUpWaitingForAHandlerThatWaitsForItsOwnEnd() throws Exception {
    Tab tab = open(Setup.of("knot").handledBy("() => belfry.close()"));
    push("knot", "1");
    tab.awaitBodies(1);
    tab.awaitState("closed");
    Tab next = open(Setup.of("knot"));
    next.awaitBodies(1);
    awaitNothingPends("knot");
  }

  @Test
  void keepsWhoeverClosesItWaitingUntilItIsClosed() throws Exception {
    Tab tab = open(Setup.of("cleo").handledBy(KEPT_WAITING));
    push("cleo", "1");
    tab.awaitBodies(1);
    tab.run("() => { setTimeout(letGo, 300); belfry.close(); }");
    assertThat(tab.run("async () => { await belfry.close(); return belfry.state; }"))
        .isEqualTo("closed");
    awaitNothingPends("cleo");
  }

  @Test
  void takesNoSubscriptionOnceItIsClosed() {
    Tab tab = open(Setup.of("clem"));
    assertThat(
            tab.run(
                """
                async () => {
                  const subscribed = () => {
                    try {
                      belfry.subscribe('/topic/late', () => {});
                      return 'taken';
                    } catch ({ name }) {
                      return name;
                    }
                  };
                  const closing = belfry.close();
                  const early = subscribed();
                  await closing;
                  return [early, subscribed()];
                }
                """))
        .isEqualTo(List.of("InvalidStateError", "InvalidStateError"));
  }

  @Test
  void takesEveryBodyForWhatItIs() throws Exception {
    Tab tab = open(Setup.of("bodo"));
    String large = "ä".repeat(32_000);
    push("bodo", "{\"__proto__\":{\"evil\":true},\"n\":1}");
    push("bodo", "");
    push("bodo", "{ no json");
    push("bodo", "a\u0000b\r\n\\c", "Content-Type", "text/plain");
    push("bodo", large, "Content-Type", "text/plain");
    push("bodo", "null", "ce-constructor", "x", "ce-__proto__", "y");
    push("bodo", "\uFEFFmark", "Content-Type", "text/plain");
    eventually().until(() -> tab.run("() => bodies.length").equals(7));
    assertThat(tab.run("() => [Object.keys(bodies[0]).join(), ({}).evil ?? null]"))
        .isEqualTo(java.util.Arrays.asList("__proto__,n", null));
    assertThat(tab.run("() => bodies.slice(1, 4)"))
        .isEqualTo(List.of("", "{ no json", "a\u0000b\r\n\\c"));
    assertThat(tab.run("() => bodies[4].length")).isEqualTo(32_000);
    assertThat(tab.run("() => [bodies[5] === null, bodies[6].charCodeAt(0)]"))
        .isEqualTo(List.of(true, 0xFEFF));
    awaitNothingPends("bodo");
  }

  @Test
  void handsOverBytesWhereTheyAreNoText() throws Exception {
    Tab tab = open(Setup.of("byte"));
    Tab other = open(Setup.of("byte")); // they pass between tabs, too
    String line =
        "{\"to\":\"/user/byte/queue/notifications\",\"body\":\"/wD+\",\"encoding\":\"base64\","
            + "\"contentType\":\"application/json\"}";
    assertThat(node().push("/messages", line, "Content-Type", "application/x-ndjson").body())
        .contains("\"status\":201");
    for (Tab each : List.of(tab, other)) {
      eventually().until(() -> each.run("() => bodies.length").equals(1));
      assertThat(each.run("() => [bodies[0] instanceof Uint8Array, Array.from(bodies[0]).join()]"))
          .isEqualTo(List.of(true, "255,0,254"));
    }
  }

  @Test
  void tellsOfAGapOnceThoughTheNextMessageComesToAHandlerMore() throws Exception {
    Tab tab = open(Setup.of("gap"));
    push("gap", "1");
    tab.awaitBodies(1);
    awaitNothingPends("gap");
    tab.page().close();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i <= MAX_MESSAGES; i++) {
      lines.append("{\"to\":\"/user/gap/queue/notifications\",\"body\":2}\n");
    }
    node().push("/messages", lines.toString(), "Content-Type", "application/x-ndjson");
    Tab next = open(Setup.of("gap").handledBy(KEPT_WAITING));
    next.awaitBodies(2);
    next.run(ADD_TO_SEEN);
    awaitSeen(next, 2);
    assertThat(next.run("() => gaps.length")).isEqualTo(1);
    assertThat(next.run("() => gaps[0].offset === offsets[0] && gaps[0].after < offsets[0]"))
        .isEqualTo(true);
    assertThat(next.run("() => gaps[0].destination")).isEqualTo("/user/queue/notifications");
  }

  @Test
  void asksAFunctionAgainThatGivesNoToken() {
    Tab tab =
        Tab.open(
            context(),
            address(),
            Setup.of("nemo")
                .with(
                    "token: () => { const answers = [() => null, () => 42, () => { throw new Error('away'); },"
                        + " () => Promise.reject(new Error('later'))];"
                        + " return asked < 4 ? answers[asked++]() : (asked++, token); }"));
    tab.awaitState("connected");
    assertThat(tab.run("() => asked")).isEqualTo(5);
    assertThat(tab.run("() => states.find(({ state }) => state === 'waiting').reason"))
        .asString()
        .contains("There is no token");
  }

  @Test
  void saysWhatToLookAtWhereNoConnectionComesAbout() {
    String nowhere = address().replace("http", "ws") + "/nowhere";
    Tab tab = Tab.open(context(), address(), Setup.of("nora").with("url: '%s'".formatted(nowhere)));
    eventually()
        .until(() -> Boolean.TRUE.equals(tab.run("() => states.some(s => s.state === 'waiting')")));
    assertThat(tab.run("() => states.find(({ state }) => state === 'waiting').reason"))
        .asString()
        .contains("No connection came about", "belfry.allowed-origins");
  }

  @ParameterizedTest
  @ValueSource(strings = {"undefined", "{ request: async () => { throw new Error('denied'); } }"})
  void worksWithoutWebLocksAndWithoutStorage(String locks) throws Exception {
    context()
        .addInitScript(
            """
            Object.defineProperty(Navigator.prototype, 'locks', { value: %s });
            for (const name of ['localStorage', 'sessionStorage']) {
              Object.defineProperty(window, name, { get() { throw new DOMException('', 'SecurityError'); } });
            }
            """
                .formatted(locks));
    String user = locks.equals("undefined") ? "poor" : "poorer";
    Tab tab = open(Setup.of(user));
    push(user, "1");
    tab.awaitBodies(1);
  }

  @Test
  void saysThatItWaitsWhereTheBrowserAllowsNoConnection() throws Exception {
    Tab refused =
        Tab.open(
            context(),
            address(),
            Setup.of("wes")
                .with(
                    thenAllowed(
                        """
                        throw new DOMException('Not from here.', 'SecurityError');
                        """)));
    refused.awaitState("connected");
    assertThat(refused.run("() => states.find(s => s.state === 'waiting').reason"))
        .isEqualTo("There is no connection: Not from here.");

    // As of a page whose Content-Security-Policy forbids the address.
    Tab forbidden =
        Tab.open(
            context(),
            address(),
            Setup.of("wes")
                .with(
                    thenAllowed(
                        """
                        const none = { readyState: 3, close() {} };
                        setTimeout(() => none.onerror(new Event('error')), 100);
                        return none;
                        """)));
    forbidden.awaitState("connected");
    push("wes", "1");
    refused.awaitBodies(1);
    forbidden.awaitBodies(1);
  }

  /// Options of a client whose tab is given a WebSocket only at its second try.
  private static String thenAllowed(String first) {
    return """
    tabs: (() => {
      const real = WebSocket;
      window.WebSocket = function () {
        window.WebSocket = real;
        %s
      };
      return 'each';
    })()
    """
        .formatted(first);
  }

  private static void awaitSeen(Tab tab, Object last) {
    eventually().until(() -> last.equals(tab.run("() => seen.at(-1)")));
  }
}
