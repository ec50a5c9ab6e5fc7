package io.belfry;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// Deque's axe, run in a page: what keeps people out.
final class Axe {
  private static final String SCRIPT = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";
  private static final String RUN =
      """
      async () => {
        const changing = document.getAnimations().filter(change => change instanceof CSSTransition);
        await Promise.allSettled(changing.map(change => change.finished));
        const { violations } = await axe.run(document);
        return violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      }
      """;

  private Axe() {}

  /// What is serious or worse once colours have changed to the end, a line each.
  @SuppressWarnings("unchecked") // what the script answers
  static List<String> seriousIn(Page page) {
    try (InputStream script = Axe.class.getResourceAsStream(SCRIPT)) {
      byte[] bytes = Objects.requireNonNull(script, SCRIPT).readAllBytes();
      page.evaluate(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return (List<String>) page.evaluate(RUN);
  }
}
