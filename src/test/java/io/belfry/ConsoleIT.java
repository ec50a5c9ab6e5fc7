package io.belfry;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.belfry.Tab.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.belfry.core.log.ContentType;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Ids;
import io.belfry.core.log.Push;
import io.belfry.core.log.Store;
import io.belfry.testing.StompClient;
import io.belfry.transport.websocket.RawWebSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// The operators' console in a real browser.
@ExtendWith(OutputCaptureExtension.class)
class ConsoleIT extends PageFixture {
  private static final String INBOX = "/user/queue/notifications";

  @TempDir static Path data;
  private static @Nullable DemoNode node;

  @BeforeAll
  static void start(CapturedOutput output) {
    Chromium.browser(); // skips before a node is started in vain
    node = DemoNode.start(data.resolve("demo"), output, "--belfry.delivery.max-deliveries=1");
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
  }

  @Test
  void showsWhatWaitsForAUserAndRetractsIt() {
    node().push("wanda", "retract me");
    Page page = open(node().address());
    assertThat(page.locator("#nodes th[scope=row]")).not().hasCount(0);
    assertThat(page.locator("#latency-now")).containsText("p99");

    look(page, "wanda");
    Locator user = page.locator("#user");
    assertThat(user).containsText("wanda is not online");
    assertThat(user).containsText("retract me");
    assertThat(Axe.seriousIn(page)).isEmpty();
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    assertThat(Axe.seriousIn(page)).isEmpty();
    node().push("wanda", "it came by itself");
    assertThat(user).containsText("it came by itself");
    user.getByText("Retract", exact()).first().click();
    assertThat(user).not().containsText("retract me");
    assertThat(user).containsText("it came by itself");

    page.setViewportSize(360, 700);
    page.waitForFunction("() => document.documentElement.scrollWidth <= innerWidth");
  }

  @Test
  void disconnectsAUserByKeyboardAlone() throws Exception {
    Page page = open(node().address());
    try (StompClient client = connect("dan", "phone")) {
      page.locator("#who").focus();
      page.keyboard().type("dan");
      page.keyboard().press("Enter");
      Locator user = page.locator("#user");
      assertThat(user).containsText("dan is online");
      assertThat(user).containsText("phone");
      Locator disconnect = button(page, "Disconnect dan");
      while (!(boolean) disconnect.evaluate("node => node === document.activeElement")) {
        page.keyboard().press("Tab");
      }
      page.keyboard().press("Enter");
      assertThat(client.awaitClose()).isEqualTo(4403);
      assertThat(user).containsText("dan is not online");
      assertThat(page.locator("#user:focus")).hasCount(1); // and not at the page's beginning
    }
  }

  @Test
  void deliversADeadLetterOnceMore() throws Exception {
    Page page = open(node().address());
    try (StompClient client = connect("rob", "laptop")) {
      client.subscribe("1", INBOX, "client-individual");
      node().push("rob", "too hard");
      StompClient.Frame refused = client.awaitMessages(1).getFirst();
      client.send("NACK\nid:" + refused.header("ack") + "\n\n");
      Locator letters = page.locator("#letters");
      assertThat(letters).containsText("too hard");
      letters.getByText("Redeliver", exact()).click();
      StompClient.Frame again = client.awaitMessages(2).getLast();
      assertThat(again.header("redelivered")).isEqualTo("true");
      assertThat(again.offset()).isEqualTo(refused.offset());
      client.ack(again);
      assertThat(letters).hasText("None.");
    }
  }

  @Test
  void saysWhyAnActionFailed() {
    node().push("fay", "stays");
    Page page = open(node().address());
    look(page, "fay");
    page.route("**/user/fay/queue/*/*", Route::abort);
    Locator retract = page.locator("#user").getByText("Retract", exact());
    retract.press("Enter");
    Locator told = page.locator("#announcer");
    assertThat(told).hasText("The server cannot be reached.");
    assertThat(told).isInViewport(new LocatorAssertions.IsInViewportOptions().setRatio(1));
    assertThat(retract).isFocused();
    complaints().removeIf(complaint -> complaint.contains("ERR_FAILED"));
    page.unroute("**/user/fay/queue/*/*");
    retract.press("Enter");
    assertThat(told).containsText("is retracted.");
  }

  @Test
  void showsAClientThatTakesNothingAndLooksAtIt() throws Exception {
    Page page = open(node().address());
    try (RawWebSocket slow = new RawWebSocket(node().port(), 8 * 1024, "/ws")) {
      slow.send(
          "CONNECT\naccept-version:1.2\ndevice:tv\npasscode:" + node().token("sid") + "\n\n\0");
      assertThat(slow.read().text()).startsWith("CONNECTED");
      slow.send("SUBSCRIBE\nid:1\nreceipt:s\nack:client\ndestination:" + INBOX + "\n\n\0");
      assertThat(slow.read().text()).startsWith("RECEIPT");
      String large = "x".repeat(60_000);
      for (int i = 0; i < 150; i++) {
        node().push("sid", large);
      }
      Locator row = page.locator("#slow tbody tr");
      assertThat(row).containsText("sid");
      assertThat(row).containsText("tv");
      assertThat(row).containsText("stomp");
      assertThat(row).containsText("150");
      button(page, "Look at sid").click();
      assertThat(page.locator("#user")).containsText("sid is online");
    }
    assertThat(page.locator("#slow")).hasText("None.");
  }

  @Test
  void showsEveryNodeThatTellsOfItself() {
    Page page = open(node().address());
    assertThat(page.locator("#nodes th[scope=row]")).not().hasCount(0);
    Locator row =
        page.locator("#nodes tr").filter(new Locator.FilterOptions().setHasText("another"));
    eventually()
        .untilAsserted(() -> {
          tellOfAnother(); // again: one that falls silent is gone
          assertThat(row.locator("td").allTextContents())
              .containsExactly("7", "1", "5", "0", "0", "0", "30", "40");
          assertThat(page.locator("#latency-now").textContent()).contains("p99 99000");
          assertThat(page.locator("#slow tbody td").allTextContents())
              .containsExactly("lazy", "s-1", "sse", "another", "61 s", "12", "Look");
        });
  }

  @Test
  void givesALongBodyAPlaceToScrollIn() {
    node().push("wordy", "y".repeat(20_000));
    Page page = open(node().address());
    page.setViewportSize(360, 700);
    look(page, "wordy");
    Locator body = page.locator("#user pre");
    assertThat(body).containsText("yyy");
    assertThat(body.boundingBox().height).isLessThan(300);
    assertThat(body.boundingBox().width).isGreaterThan(150);
    assertThat(Axe.seriousIn(page)).isEmpty();
  }

  private static void look(Page page, String user) {
    page.locator("#who").fill(user);
    page.locator("#who").press("Enter");
  }

  private static Locator button(Page page, String label) {
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(label));
  }

  private static Locator.GetByTextOptions exact() {
    return new Locator.GetByTextOptions().setExact(true);
  }

  private static StompClient connect(String user, String device) throws InterruptedException {
    StompClient client = StompClient.open(URI.create("ws://localhost:" + node().port() + "/ws"));
    client.send(
        "CONNECT\naccept-version:1.2\ndevice:%s\npasscode:%s\n\n"
            .formatted(device, node().token(user)));
    client.await(frame -> frame.command().equals("CONNECTED"));
    return client;
  }

  // As another node does.
  private static void tellOfAnother() {
    String snapshot =
        """
        {"node":"another","at":%d,"connections":7,"slow":1,"slowest":[{"user":"lazy","device":"",
        "session":"s-1","transport":"sse","millis":61000,"pending":12}],
        "latency":{"p50":3,"p99":99000},"feeds":5,"pushes":10,"deliveries":20,"redeliveries":30,
        "deadLetters":40}\
        """
            .formatted(System.currentTimeMillis());
    Push push =
        new Push(
            new Destination.Topic("belfry.nodes"),
            Ids.next(),
            ContentType.JSON,
            Map.of(),
            snapshot.getBytes(StandardCharsets.UTF_8),
            Duration.ZERO,
            null,
            null);
    node().bean(Store.class).logs().append(push).join();
  }

  private Page open(String address) {
    Page page = page();
    page.navigate(address + "/console");
    assertThat(page.locator("#state")).hasAttribute("data-state", "connected");
    return page;
  }

  private static DemoNode node() {
    return Objects.requireNonNull(node);
  }
}
