package io.belfry.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.Answer;
import io.belfry.TestNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PushRateIT {
  @TempDir Path data;

  @Test
  void takesOnlySoManyPushesASecondOfOneService() {
    try (TestNode node = TestNode.start(data, "belfry.limits.push-rate=1")) {
      Answer first = node.as("one", "push").post("/topic/t", "x");
      Answer second = node.as("one", "push").post("/topic/t", "x");
      Answer batch =
          node.as("two", "push")
              .header("Content-Type", "application/x-ndjson")
              .post("/messages", "{\"to\":\"/topic/t\",\"body\":1}\n".repeat(2));

      assertThat(first.status()).isEqualTo(201);
      assertThat(second.status()).isEqualTo(429);
      assertThat(second.header("Retry-After")).isEqualTo("1");
      assertThat(second.problem()).contains("belfry.limits.push-rate");
      assertThat(batch.lines().stream().map(line -> line.get("status").intValue()))
          .containsExactly(201, 429);
    }
  }
}
