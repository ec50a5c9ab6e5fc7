package io.belfry;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.belfry.Tab.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.WebSocketRoute;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// The demo page in a real browser, on a node as it starts with nothing configured.
@ExtendWith(OutputCaptureExtension.class)
class PageIT extends PageFixture {
  @TempDir static Path data;
  private static @Nullable DemoNode node;

  @BeforeAll
  static void start(CapturedOutput output) {
    Chromium.browser(); // skips before a node is started in vain
    node = DemoNode.start(data.resolve("demo"), output);
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
  }

  @Test
  void keepsWhatIsPushedWhileThePageIsClosed() {
    Page page = open("/");
    node().pushAsPrinted();
    assertThat(bodies(page, "alice")).hasCount(1);
    assertThat(bodies(page, "alice")).containsText("It works.");
    awaitAllSettled("alice");
    page.close();

    node().push("alice", "one");
    node().push("alice", "two");
    node().push("alice", "three");
    Page again = open("/");
    assertThat(bodies(again, "alice")).hasCount(3);
    node().push("alice", "four"); // whatever came twice would have come before it
    assertThat(bodies(again, "alice")).hasText(new String[] {"four", "three", "two", "one"});
    Locator last = person(again, "alice").locator(".message").first();
    assertThat(person(again, "alice").locator(".last")).hasText(offset(last));
    assertThat(person(again, "alice").locator(".cursor")).hasText(offset(last));
  }

  @Test
  void letsMessagesWaitForWhomIsSwitchedOffAndBringsThemWhenSwitchedOn() {
    Page page = open("/?user=sleeper&other=awake");
    Locator sleeper = person(page, "sleeper");
    Locator awake = person(page, "awake");
    sleeper.getByRole(AriaRole.SWITCH).click();
    assertThat(sleeper.locator(".state")).hasAttribute("data-state", "closed");

    for (String text : List.of("first", "second")) {
      sleeper.locator(".text").first().fill(text);
      sleeper.getByText("Push", new Locator.GetByTextOptions().setExact(true)).click();
      assertThat(sleeper.locator(".answer")).containsText("201");
    }
    assertThat(sleeper.locator(".unread")).hasText("2");
    assertThat(page).hasTitle("(2) Belfry · sleeper");
    node().push("sleeper", "from elsewhere");
    assertThat(sleeper.locator(".unread")).hasText("3");
    assertThat(sleeper.locator(".empty")).isVisible();
    assertThat(awake.locator(".unread")).hasText("0");

    sleeper.getByRole(AriaRole.SWITCH).press("Space"); // it works by keyboard, too
    assertThat(bodies(page, "sleeper")).hasText(new String[] {"from elsewhere", "second", "first"});
    assertThat(sleeper.locator(".unread")).hasText("0");
    assertThat(page).hasTitle("Belfry · sleeper");
    assertThat(bodies(page, "awake")).hasCount(0);
  }

  @Test
  void startsWhereTheOtherBrowserOfThePersonIs() {
    Page page = open("/?user=mover");
    node().push("mover", "read there");
    assertThat(bodies(page, "mover")).hasCount(1);
    awaitAllSettled("mover");
    String last = offset(person(page, "mover").locator(".message").first());

    context().close();
    newBrowser();
    Page other = open("/?user=mover");
    Locator mover = person(other, "mover");
    assertThat(mover.locator(".last")).hasText(last);
    assertThat(mover.locator(".cursor")).hasText(last);
    assertThat(mover.locator(".unread")).hasText("0");
    assertThat(mover.locator(".message")).hasCount(0);
  }

  @Test
  void bringsAMessageToBothDevicesOfOnePerson() {
    Page page = open("/?user=twice&other=twice");
    assertThat(page.locator(".person[data-user=twice]")).hasCount(2);
    node().push("twice", "to both");
    assertThat(page.locator(".message .body")).hasText(new String[] {"to both", "to both"});
  }

  @Test
  void showsAnotherPersonsMessagesAlone() {
    node().push("bert", "for bert");
    Page page = open("/?user=somebody&other=nobody");
    node().push("somebody", "for somebody");
    assertThat(bodies(page, "somebody")).hasText(new String[] {"for somebody"});
    person(page, "somebody").locator(".who").fill("bert");
    person(page, "somebody").locator(".who").press("Enter");
    assertThat(bodies(page, "bert")).hasText(new String[] {"for bert"});
    assertThat(page).hasURL(Pattern.compile("[?]user=bert&other=nobody$"));
  }

  @Test
  void takesABodyForTextAndNeverForMarkup() {
    String body = "<img src=x onerror=\"document.title='broken'\"><script>alert(1)</script>";
    Page page = open("/?user=target");
    node().push("target", body);
    assertThat(bodies(page, "target").locator(".text")).hasText(body);
    assertThat(bodies(page, "target").locator("img, script")).hasCount(0);
  }

  @Test
  void allowsNothingButItsOwnFiles() {
    Page page = page();
    List<Response> answers = new ArrayList<>();
    page.onResponse(answers::add);
    open(page, "/?user=strict");
    assertThat(answers).hasSizeGreaterThan(8);
    assertThat(List.copyOf(answers)) // more of them come while these are looked at
        .allSatisfy(answer -> {
          assertThat(answer.url()).startsWith(node().address() + "/");
          assertThat(answer.status()).isEqualTo(200);
          assertThat(answer.headerValue("Content-Security-Policy"))
              .startsWith("default-src 'self';")
              .doesNotContain("unsafe");
          assertThat(answer.headerValue("Cache-Control")).matches("(no-cache|no-store)(, .*)?");
        });
  }

  @Test
  void comesBackByItselfWithANewToken() {
    Page page = page();
    List<WebSocketRoute> sockets = routed(page);
    List<String> tokens = new ArrayList<>();
    page.onRequest(request -> {
      if (request.url().endsWith("/demo/token?user=phoenix")) {
        tokens.add(request.url());
      }
    });
    open(page, "/?user=phoenix");
    int before = tokens.size();

    List<WebSocketRoute> first = List.copyOf(sockets); // more of them come while these are cut
    first.forEach(socket -> cut(socket, 4401));
    node().push("phoenix", "meanwhile");
    assertThat(bodies(page, "phoenix")).hasText(new String[] {"meanwhile"});
    page.waitForCondition(() -> sockets.size() >= 2 * first.size());
    awaitBothConnected(page);
    assertThat(tokens).hasSize(before + 1);
  }

  @Test
  void staysAwayWhenAnOperatorDisconnectsThePerson() {
    Page page = page();
    List<WebSocketRoute> sockets = routed(page);
    open(page, "/?user=exile");
    Locator state = person(page, "exile").locator(".state");
    sockets.forEach(socket -> cut(socket, 4403));
    assertThat(state).hasAttribute("data-state", "closed");
    person(page, "exile").getByRole(AriaRole.SWITCH).click();
    assertThat(state).hasAttribute("data-state", "connected");
  }

  @Test
  void takesATokenWhereThereIsNoDemo() {
    try (TestNode other = TestNode.start(data.resolve("other"));
        Page page = page()) {
      page.navigate("http://localhost:" + other.port());
      assertThat(page.locator("#token")).containsText("Demo mode is off");
      assertThat(page.locator("#steps")).isHidden();
      assertThat(page.locator("#curl-box")).isHidden();
      page.locator("#token-text").fill(other.token("dora", "push"));
      page.getByText("Use this token").click();
      Locator dora = person(page, "dora").first();
      awaitBothConnected(page); // a device that comes later starts behind what is settled
      assertThat(page.locator("#steps")).isVisible();
      assertThat(page.locator("#curl-box")).isVisible();
      dora.locator(".text").first().fill("with my own token");
      dora.locator(".push button").click();
      assertThat(bodies(page, "dora"))
          .hasText(new String[] {"with my own token", "with my own token"});
      // Of the demo's login, and of what only an operator may see.
      complaints().removeIf(complaint -> complaint.contains("404") || complaint.contains("403"));
    }
  }

  @Test
  void hasNothingSeriousThatAxeFinds() {
    Page page = page();
    page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE));
    open(page, "/?user=seen");
    node().push("seen", "{\"title\":\"Tea\",\"sugar\":2}");
    assertThat(bodies(page, "seen")).hasCount(1);
    assertThat(Axe.seriousIn(page)).isEmpty();
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    assertThat(Axe.seriousIn(page)).isEmpty();
    page.setViewportSize(360, 700);
    page.waitForFunction("() => document.documentElement.scrollWidth <= innerWidth");
  }

  private static DemoNode node() {
    return Objects.requireNonNull(node);
  }

  private Page open(String path) {
    return open(page(), path);
  }

  private static Page open(Page page, String path) {
    page.navigate(node().address() + path);
    awaitBothConnected(page);
    return page;
  }

  // Also where a test is about one of them: a page that is left closes its sockets, and the browser
  // complains of each one that was not yet established.
  private static void awaitBothConnected(Page page) {
    assertThat(page.locator(".state[data-state=connected]")).hasCount(2);
  }

  private static void awaitAllSettled(String user) {
    eventually().until(() -> node().pending(user) == 0);
  }

  private static List<WebSocketRoute> routed(Page page) {
    List<WebSocketRoute> sockets = new ArrayList<>();
    page.routeWebSocket(
        Pattern.compile("/ws$"),
        socket -> {
          socket.connectToServer();
          sockets.add(socket);
        });
    return sockets;
  }

  private static void cut(WebSocketRoute socket, int code) {
    socket.close(new WebSocketRoute.CloseOptions().setCode(code));
  }

  private static Locator person(Page page, String user) {
    return page.locator(".person[data-user=" + user + "]");
  }

  private static Locator bodies(Page page, String user) {
    return person(page, user).locator(".message .body");
  }

  private static String offset(Locator message) {
    return Objects.requireNonNull(message.getAttribute("data-offset"));
  }
}
