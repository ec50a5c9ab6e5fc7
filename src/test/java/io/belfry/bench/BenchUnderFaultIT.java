package io.belfry.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.operations.Commands;
import io.belfry.testing.Node;
import io.belfry.testing.TestTokens;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node is killed under the load.
class BenchUnderFaultIT {
  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void countsToTheEndWhatArrivesAfterANodeWasKilled() {
    try (Node node = Node.start(directory)) {
      CompletableFuture<OptionalInt> bench = CompletableFuture.supplyAsync(() -> bench(node));
      Awaitility.await().until(() -> told().contains("  2 s "));
      node.kill();
      node.restart();
      bench.join();
    }
    assertThat(told())
        .containsPattern("accepted [1-9]")
        .contains("  lost 0  ", "  out of order 0")
        .containsPattern("connections that ended and came back [5-9] ");
  }

  private OptionalInt bench(Node node) {
    return Commands.run(
        List.of(
            "bench",
            "--url=http://127.0.0.1:" + node.port(),
            "--users=5",
            "--pushers=2",
            "--rate=50",
            "--warmup=0s",
            "--duration=15s",
            "--belfry.auth.secret=" + TestTokens.SECRET),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(out, true, StandardCharsets.UTF_8));
  }

  private String told() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
