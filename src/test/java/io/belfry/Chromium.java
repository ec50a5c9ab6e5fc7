package io.belfry;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The browser that the machine has: the environment variable `CHROMIUM`, else Debian's.
final class Chromium implements AutoCloseable {
  private static final Path PATH =
      Path.of(System.getenv().getOrDefault("CHROMIUM", "/usr/bin/chromium"));
  private static final List<String> ARGUMENTS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Playwright playwright) {
    this.playwright = playwright;
    this.browser =
        playwright
            .chromium()
            .launch(new BrowserType.LaunchOptions().setExecutablePath(PATH).setArgs(ARGUMENTS));
  }

  /// Skips the tests that ask for it, and says so, where there is none.
  static Chromium start() {
    boolean isThere = Files.isExecutable(PATH);
    if (!isThere) {
      System.out.println("Skipped, for want of a browser: no Chromium at " + PATH + " (CHROMIUM)");
    }
    assumeTrue(isThere, "no Chromium at " + PATH);
    return new Chromium(
        Playwright.create(
            new Playwright.CreateOptions()
                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))));
  }

  Browser browser() {
    return browser;
  }

  @Override
  public void close() {
    playwright.close();
  }
}
