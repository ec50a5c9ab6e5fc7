package io.belfry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import io.belfry.core.delivery.Deliveries;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Server-sent events as a browser's own `EventSource` reads them.
class EventSourceIT {
  @TempDir private Path data;

  @Test
  void comesBackByItselfAfterItsLastEvent() {
    Browser browser = Chromium.browser();
    try (TestNode node = TestNode.start(data);
        Page page = browser.newPage()) {
      page.navigate("http://127.0.0.1:" + node.port() + "/");
      push(node, "before");
      page.evaluate(
          """
          url => {
            window.got = [];
            new EventSource(url).onmessage =
                event => got.push(event.lastEventId + ' ' + JSON.parse(event.data).body);
          }
          """,
          "/user/queue/q?device=browser&access_token=" + node.token("eve", ""));
      page.waitForFunction("() => got.length === 1");

      node.as("root", "admin").delete("/user/eve/sessions");
      await().until(() -> node.bean(Deliveries.class).connections().of("eve").isEmpty());
      long offset = push(node, "meanwhile");
      page.waitForFunction("() => got.length === 2");
      push(node, "after");
      page.waitForFunction("() => got.length === 3");

      assertThat(page.evaluate("() => got.map(e => e.split(' ')[1]).join()"))
          .isEqualTo("before,meanwhile,after");
      assertThat(page.evaluate("() => got[1].split(' ')[0]")).isEqualTo(Long.toString(offset));
    }
  }

  private static long push(TestNode node, String body) {
    Answer answer = node.as("service", "push").post("/user/eve/queue/q", body);
    assertThat(answer.status()).isEqualTo(201);
    return answer.json().get("offset").longValue();
  }
}
