package io.belfry;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.nimbusds.jose.JWSAlgorithm;
import io.belfry.security.TestTokens;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The operators' console on a node with tokens of its own.
class ConsoleTokenIT extends PageFixture {
  @TempDir static Path data;

  @Test
  void wantsATokenWithTheScopeAdminWhereThereIsNoDemo() {
    // The page goes first: it would complain of a node that goes.
    try (TestNode other = TestNode.start(data.resolve("other"));
        Page page = page()) {
      page.navigate("http://localhost:" + other.port() + "/console");
      Locator form = page.locator("#token");
      assertThat(form).isVisible();
      assertThat(page.locator("#state")).hasText("Not connected");
      assertThat(Axe.seriousIn(page)).isEmpty();
      show(page, "no token at all");
      assertThat(form.locator("textarea:invalid")).hasCount(1);
      show(page, other.token("alice", "push"));
      assertThat(page.locator("#refused")).hasText("This needs a token with the scope 'admin'.");
      show(page, other.token("olivia", "admin"));
      assertThat(form).isHidden();
      assertThat(page.locator("#state")).hasAttribute("data-state", "connected");
      assertThat(page.locator("#nodes th[scope=row]")).hasCount(1);
      // Of the demo's login, and of what only an operator may see.
      complaints().removeIf(complaint -> complaint.contains("404") || complaint.contains("403"));
    }
  }

  @Test
  void wantsAnotherTokenOnceThePastedOneHasExpired() {
    try (TestNode other = TestNode.start(data.resolve("expiring"));
        Page page = page()) {
      page.navigate("http://localhost:" + other.port() + "/console");
      Locator form = page.locator("#token");
      assertThat(form).isVisible();
      show(page, adminUntil(Instant.now().minusSeconds(45))); // fifteen more, of the leeway
      assertThat(form).isHidden();
      assertThat(form).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(60_000));
      assertThat(page.locator("#state")).hasText("Disconnected");
      assertThat(page.locator("#refused")).containsText("expired");
      show(page, other.token("olivia", "admin"));
      assertThat(form).isHidden();
      assertThat(page.locator("#state")).hasAttribute("data-state", "connected");
      complaints().removeIf(complaint -> complaint.contains("404")); // of the demo's login
    }
  }

  private static String adminUntil(Instant expiry) {
    return TestTokens.sign(
        JWSAlgorithm.HS256,
        TestTokens.signer(TestNode.SECRET),
        claims ->
            claims.subject("olivia").claim("scope", "admin").expirationTime(Date.from(expiry)));
  }

  private static void show(Page page, String token) {
    page.locator("#token-text").fill(token);
    page.getByText("Use this token").click();
  }
}
