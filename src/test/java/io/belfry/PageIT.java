package io.belfry;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.WebSocketRoute;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// The demo page in a real browser, on a node as it starts with nothing configured.
@ExtendWith(OutputCaptureExtension.class)
class PageIT {
  @TempDir static Path data;
  private static @Nullable Chromium chromium;
  private static @Nullable DemoNode node;

  private final List<String> complaints = new ArrayList<>();
  private @Nullable BrowserContext context;

  @BeforeAll
  static void start(CapturedOutput output) {
    chromium = Chromium.start();
    node = DemoNode.start(data.resolve("demo"), output);
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
  }

  @AfterEach
  void closeBrowser() {
    Objects.requireNonNull(context).close();
    assertThat(complaints).as("what the browser's console complains of").isEmpty();
  }

  @Test
  void keepsWhatIsPushedWhileThePageIsClosed() {
    Page page = open("/");
    assertThat(page.locator("#state")).hasAttribute("data-state", "connected");
    assertThat(page.locator(".me")).hasText("alice");

    node().pushAsPrinted();
    assertThat(messages(page)).hasCount(1);
    assertThat(messages(page)).containsText("It works.");
    assertThat(page).hasTitle("(1) Belfry · alice");
    messages(page).getByText("Mark read").click();
    assertThat(unread(page)).hasText("0 unread");
    node().awaitAllRead("alice", page.locator("#device").textContent());
    page.close();

    node().push("alice", "one");
    node().push("alice", "two");
    node().push("alice", "three");
    Page again = open("/");
    assertThat(unread(again)).hasText("3 unread");
    node().push("alice", "four"); // whatever came twice would have come before it
    assertThat(messages(again).locator(".body"))
        .hasText(new String[] {"four", "three", "two", "one"});
    assertThat(unread(again)).hasText("4 unread");
    assertThat(again.locator("#last")).hasText(offset(messages(again).first()));
  }

  @Test
  void remembersWhatIsRead() {
    Page page = open("/?user=reader");
    assertThat(page.locator("#state")).hasAttribute("data-state", "connected");
    for (String body : List.of("one", "two", "three")) {
      node().push("reader", body);
    }
    assertThat(unread(page)).hasText("3 unread");

    page.reload();
    assertThat(unread(page)).hasText("3 unread");
    assertThat(page.locator(".again:visible")).hasCount(3);
    messages(page).nth(1).getByText("Mark read").click();
    assertThat(unread(page)).hasText("2 unread");
    assertThat(page.locator("#cursor")).not().hasText(offset(messages(page).nth(1)));
    page.getByText("Mark all read").click();
    assertThat(unread(page)).hasText("0 unread");
    assertThat(page.locator("#cursor")).hasText(offset(messages(page).first()));
    assertThat(page).hasTitle("Belfry · reader");
    node().awaitAllRead("reader", page.locator("#device").textContent());

    page.reload();
    assertThat(page.locator("#state")).hasAttribute("data-state", "connected");
    node().push("reader", "four");
    assertThat(messages(page).locator(".body")).hasText(new String[] {"four"});
  }

  @Test
  void letsMessagesWaitWhileItIsDisconnected() {
    Page page = open("/?user=sleeper");
    assertThat(page.locator("#state")).hasAttribute("data-state", "connected");
    page.getByText("Disconnect", new Page.GetByTextOptions().setExact(true)).click();
    assertThat(page.locator("#state")).hasAttribute("data-state", "closed");

    node().push("sleeper", "while away");
    assertThat(page.locator("#empty")).isVisible();
    page.locator("#switch").click();
    assertThat(messages(page).locator(".body")).hasText(new String[] {"while away"});
  }

  @Test
  void pushesFromItsForm() {
    Page page = open("/?user=writer");
    page.locator("#push-to").fill("writer");
    page.locator("#push-text").fill("{\"title\": \"Tea\", \"sugar\": 12345678901234567890}");
    page.locator("#push-ttl").fill("60");
    page.locator("#push-text").press("Enter");

    assertThat(page.locator("#answer")).containsText("201 Created");
    assertThat(messages(page).locator(".title")).hasText("Tea");
    assertThat(messages(page).locator(".json")).hasText("{\n  \"sugar\": 12345678901234567890\n}");
    assertThat(page.locator("#answer")).containsText(offset(messages(page)));
    assertThat(page.locator("#curl")).containsText("-H 'TTL: 60'");

    page.locator("#push-text").fill("now or never");
    page.locator("#push-ttl").fill("0");
    page.locator("#push button").click();
    assertThat(page.locator("#answer")).containsText("202 Accepted");
    assertThat(messages(page).first().locator(".body")).hasText("now or never");
    assertThat(messages(page).first().locator(".live")).isVisible();
    assertThat(unread(page)).hasText("1 unread");
  }

  @Test
  void showsAnotherPersonsInboxAlone() {
    node().push("bob", "for bob");
    Page page = open("/?user=somebody");
    node().push("somebody", "for somebody");
    assertThat(messages(page).locator(".body")).hasText(new String[] {"for somebody"});
    page.getByLabel("bob").check();
    assertThat(messages(page).locator(".body")).hasText(new String[] {"for bob"});
    assertThat(page.locator("#push-to")).hasValue("bob");
    page.getByLabel("someone else").fill("somebody");
    page.getByLabel("someone else").press("Enter");
    assertThat(messages(page).locator(".body")).hasText(new String[] {"for somebody"});
    assertThat(page).hasURL(Pattern.compile("[?]user=somebody$"));
  }

  @Test
  void takesABodyForTextAndNeverForMarkup() {
    String body = "<img src=x onerror=\"document.title='broken'\"><script>alert(1)</script>";
    Page page = open("/?user=target");
    node().push("target", body);
    assertThat(messages(page).locator(".text")).hasText(body);
    assertThat(messages(page).locator("img, script")).hasCount(0);
  }

  @Test
  void allowsNothingButItsOwnFiles() {
    Page page = page();
    List<Response> answers = new ArrayList<>();
    page.onResponse(answers::add);
    page.navigate(node().address() + "/?user=strict");
    assertThat(page.locator("#state")).hasAttribute("data-state", "connected");
    assertThat(answers).hasSizeGreaterThan(10);
    assertThat(answers)
        .allSatisfy(answer -> {
          assertThat(answer.url()).startsWith(node().address() + "/");
          assertThat(answer.status()).isEqualTo(200);
          assertThat(answer.headerValue("Content-Security-Policy"))
              .startsWith("default-src 'self';")
              .doesNotContain("unsafe");
          assertThat(answer.headerValue("Cache-Control")).matches("no-cache|no-store");
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
    page.navigate(node().address() + "/?user=phoenix");
    assertThat(page.locator("#state")).hasAttribute("data-state", "connected");

    cut(sockets.getLast(), 4401);
    node().push("phoenix", "meanwhile");
    assertThat(messages(page).locator(".body")).hasText(new String[] {"meanwhile"});
    assertThat(page.locator("#state")).hasAttribute("data-state", "connected");
    assertThat(tokens).hasSize(2);

    cut(sockets.getLast(), 1012);
    node().push("phoenix", "again");
    assertThat(messages(page).locator(".body")).hasText(new String[] {"again", "meanwhile"});
    assertThat(sockets).hasSize(3);
  }

  @Test
  void staysAwayWhenAnOperatorDisconnectsIt() {
    Page page = page();
    List<WebSocketRoute> sockets = routed(page);
    page.navigate(node().address() + "/?user=exile");
    assertThat(page.locator("#state")).hasAttribute("data-state", "connected");
    cut(sockets.getLast(), 4403);
    assertThat(page.locator("#state")).hasAttribute("data-state", "closed");
    assertThat(page.locator("#reason")).containsText("operator");
    page.locator("#switch").click();
    assertThat(page.locator("#state")).hasAttribute("data-state", "connected");
    assertThat(sockets).hasSize(2);
  }

  @Test
  void takesATokenWhereThereIsNoDemo() {
    try (TestNode other = TestNode.start(data.resolve("other"));
        Page page = page()) {
      page.navigate("http://localhost:" + other.port());
      assertThat(page.locator("#token")).containsText("Demo mode is off");
      page.locator("#token-text").fill(other.token("dora", "push"));
      page.getByText("Use this token").click();
      assertThat(page.locator("#state")).hasAttribute("data-state", "connected");
      assertThat(page.locator(".me")).hasText("dora");
      page.locator("#push-text").fill("with my own token");
      page.locator("#push button").click();
      assertThat(messages(page).locator(".body")).hasText(new String[] {"with my own token"});
      complaints.removeIf(complaint -> complaint.contains("404")); // of the demo's login
    }
  }

  private static DemoNode node() {
    return Objects.requireNonNull(node);
  }

  private Page page() {
    Page page = Objects.requireNonNull(context).newPage();
    page.onPageError(complaints::add);
    page.onConsoleMessage(message -> {
      if (message.type().equals("error") || message.type().equals("warning")) {
        complaints.add(message.text());
      }
    });
    return page;
  }

  private Page open(String path) {
    Page page = page();
    page.navigate(node().address() + path);
    return page;
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

  private static Locator messages(Page page) {
    return page.locator(".message");
  }

  private static Locator unread(Page page) {
    return page.locator("#unread");
  }

  private static String offset(Locator message) {
    return Objects.requireNonNull(message.getAttribute("data-offset"));
  }
}
