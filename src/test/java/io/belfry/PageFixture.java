package io.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Pages in a real browser, a new one for each test, which must not complain of anything.
abstract class PageFixture {
  private final List<String> complaints = new ArrayList<>();
  private @Nullable BrowserContext context;

  @BeforeEach
  void newBrowser() {
    context = Chromium.browser().newContext();
  }

  @AfterEach
  void closeBrowser() {
    context().close();
    complaints.removeIf(complaint -> complaint.startsWith("Canvas2D")); // how axe looks at colours
    assertThat(complaints).as("what the browser's console complains of").isEmpty();
  }

  /// What the browser's console has complained of; what a test expects it takes out.
  List<String> complaints() {
    return complaints;
  }

  BrowserContext context() {
    return Objects.requireNonNull(context);
  }

  Page page() {
    Page page = context().newPage();
    page.onPageError(complaints::add);
    page.onConsoleMessage(message -> {
      if (message.type().equals("error") || message.type().equals("warning")) {
        complaints.add(message.text());
      }
    });
    return page;
  }
}
