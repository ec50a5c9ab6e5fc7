package io.belfry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import io.belfry.testing.TestTokens;
import java.time.Duration;
import java.util.List;
import org.awaitility.core.ConditionFactory;

/// A page that uses `/belfry.js` and keeps what it saw: the node's own picture, which has no
/// scripts of its own. Not one that the test makes up: the browser keeps those away from this
/// machine.
final class Tab {
  private static final double CRASH_MILLIS = 10_000;

  private final Page page;

  /// Waits on the test's own thread, which is the only one that may ask the browser.
  static ConditionFactory eventually() {
    return await().pollInSameThread().atMost(Duration.ofMinutes(3));
  }

  private Tab(Page page) {
    this.page = page;
  }

  /// What a tab is opened with.
  ///
  /// @param options more of the client's, as JavaScript
  /// @param handler of messages, as JavaScript
  record Setup(String user, String destination, String options, String handler) {
    static Setup of(String user) {
      return new Setup(user, "/user/queue/notifications", "", "() => {}");
    }

    Setup with(String moreOptions) {
      return new Setup(user, destination, moreOptions, handler);
    }

    Setup handledBy(String script) {
      return new Setup(user, destination, options, script);
    }
  }

  static Tab open(BrowserContext context, String address, Setup setup) {
    return open(context, address + "/favicon.svg", address, setup);
  }

  /// @param url of the page, whose origin need not be the one of the client
  static Tab open(BrowserContext context, String url, String address, Setup setup) {
    Page page = context.newPage();
    page.navigate(url);
    page.evaluate(
        start(address, setup), List.of(TestTokens.user(setup.user()), setup.destination()));
    return new Tab(page);
  }

  private static String start(String address, Setup setup) {
    return """
    async ([token, destination]) => {
      const { Belfry } = await import('%s/belfry.js');
      Object.assign(window, { states: [], offsets: [], bodies: [], errors: [], gaps: [], asked: 0, renewed: 0 });
      const belfry = new Belfry({ url: '%1$s/ws', token: () => { asked++; return token; }, %s });
      belfry.addEventListener('state', ({ detail }) => states.push(detail));
      belfry.addEventListener('error', event => { errors.push(event.detail.offset); event.preventDefault(); });
      belfry.addEventListener('gap', ({ detail }) => gaps.push(detail));
      const handle = %s;
      const stop = belfry.subscribe(destination, async message => {
        offsets.push(message.offset);
        bodies.push(message.body);
        await handle(message);
      });
      Object.assign(window, { belfry, stop });
    }
    """
        .formatted(address, setup.options(), setup.handler());
  }

  Page page() {
    return page;
  }

  Object run(String script) {
    return page.evaluate(script);
  }

  String state() {
    return String.valueOf(run("() => states.at(-1)?.state"));
  }

  Tab awaitState(String state) {
    eventually().until(() -> state().equals(state));
    return this;
  }

  /// The bodies that the handler was called with, in that order.
  @SuppressWarnings("unchecked") // what the script answers
  List<Object> bodies() {
    return (List<Object>) run("() => bodies");
  }

  @SuppressWarnings("unchecked") // what the script answers
  List<Long> offsets() {
    return ((List<Number>) run("() => offsets")).stream().map(Number::longValue).toList();
  }

  void awaitBodies(Object... expected) {
    eventually().untilAsserted(() -> assertThat(bodies()).containsExactly(expected));
  }

  /// Makes it look hidden or visible, as a switch of tabs does.
  void setVisible(boolean isVisible) {
    run(
        """
        () => {
          Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '%s' });
          document.dispatchEvent(new Event('visibilitychange'));
        }
        """
            .formatted(isVisible ? "visible" : "hidden"));
  }

  /// Its process ends without a word.
  void crash() {
    // There is no answer from what has crashed.
    assertThatThrownBy(() ->
            page.navigate("chrome://crash", new Page.NavigateOptions().setTimeout(CRASH_MILLIS)))
        .isInstanceOf(PlaywrightException.class);
  }

  CDPSession devTools() {
    return page.context().newCDPSession(page);
  }

  void setFrozen(boolean isFrozen) {
    JsonObject state = new JsonObject();
    state.addProperty("state", isFrozen ? "frozen" : "active");
    devTools().send("Page.setWebLifecycleState", state);
  }
}
