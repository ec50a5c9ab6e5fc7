package io.belfry.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The proof in short, always from the same seed: that it plays, and that nothing is lost in it.
class ProofIT {
  @TempDir Path directory;

  @Test
  void aFewSecondsOfNemesisLoseNothing() throws Exception {
    Verdict verdict =
        new Proof(Duration.ofSeconds(5), 7, List.of("embedded", "redis"), directory, 10).run();

    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.accepted()).isGreaterThanOrEqualTo(8);
    assertThat(verdict.deliveries()).isGreaterThanOrEqualTo(verdict.accepted());
    assertThat(verdict.line()).isEqualTo("verdict: " + verdict.accepted() + " accepted, 0 lost");
    assertThat(Files.readString(directory.resolve("index.html")))
        .contains("<svg", verdict.line())
        .doesNotContain("http");
  }
}
