package io.belfry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The browser that the machine has: the environment variable `CHROMIUM`, else Debian's. One for
/// all tests, which ends with them.
final class Chromium {
  private static final Path PATH =
      Path.of(System.getenv().getOrDefault("CHROMIUM", "/usr/bin/chromium"));
  private static final List<String> ARGUMENTS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-dev-shm-usage",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private static final double PATIENCE_MILLIS = 60_000;

  private static @Nullable Browser browser;

  private Chromium() {}

  /// Skips the tests that ask for it, and says so, where there is none.
  static Browser browser() {
    Browser known = browser;
    if (known == null) {
      known = launch();
      browser = known;
    }
    return known;
  }

  private static Browser launch() {
    boolean isThere = Files.isExecutable(PATH);
    if (!isThere) {
      System.out.println("Skipped, for want of a browser: no Chromium at " + PATH + " (CHROMIUM)");
    }
    assumeTrue(isThere, "no Chromium at " + PATH);
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    Runtime.getRuntime().addShutdownHook(new Thread(playwright::close));
    // Five seconds by itself, which is little on a machine that is busy.
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    return playwright
        .chromium()
        .launch(new BrowserType.LaunchOptions().setExecutablePath(PATH).setArgs(ARGUMENTS));
  }

  /// Stops all of its processes where they are, as the sleep of a computer does.
  static void suspend() {
    signal("-STOP");
  }

  static void resume() {
    signal("-CONT");
  }

  private static void signal(String signal) {
    List<String> command = new ArrayList<>(List.of("kill", signal));
    ProcessHandle.current()
        .descendants()
        .filter(process -> process.info().command().orElse("").contains("chrom"))
        .forEach(process -> command.add(String.valueOf(process.pid())));
    try {
      assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    } catch (IOException | InterruptedException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
