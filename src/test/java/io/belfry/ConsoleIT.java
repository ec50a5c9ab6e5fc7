package io.belfry;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
class ConsoleIT {
  @TempDir static Path data;
  private static @Nullable Chromium chromium;
  private static @Nullable DemoNode node;

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

  @Test
  void showsNodesAndWhatWaitsForAUserAndActsOnIt() {
    List<String> complaints = new ArrayList<>();
    try (Page page = Objects.requireNonNull(chromium).browser().newPage()) {
      page.onPageError(complaints::add);
      page.onConsoleMessage(message -> {
        if (message.type().equals("error") || message.type().equals("warning")) {
          complaints.add(message.text());
        }
      });
      node().push("wanda", "retract me");
      page.navigate(node().address() + "/console");
      assertThat(page.locator("#state")).hasAttribute("data-state", "connected");
      assertThat(page.locator("#nodes th[scope=row]")).hasCount(1);
      assertThat(page.locator("#latency-now")).containsText("p99");

      page.locator("#who").fill("wanda");
      page.locator("#who").press("Enter");
      Locator user = page.locator("#user");
      assertThat(user).containsText("wanda is not online");
      assertThat(user).containsText("retract me");
      assertThat(Axe.seriousIn(page)).isEmpty();
      node().push("wanda", "it came by itself");
      assertThat(user).containsText("it came by itself");
      user.getByText("Retract", new Locator.GetByTextOptions().setExact(true)).first().click();
      assertThat(user).not().containsText("retract me");

      page.setViewportSize(360, 700);
      page.waitForFunction("() => document.documentElement.scrollWidth <= innerWidth");
    }
    complaints.removeIf(complaint -> complaint.startsWith("Canvas2D")); // how axe looks at colours
    assertThat(complaints).as("what the browser's console complains of").isEmpty();
  }

  private static DemoNode node() {
    return Objects.requireNonNull(node);
  }
}
