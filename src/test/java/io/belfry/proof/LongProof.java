package io.belfry.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.FileSystemUtils;

/// `./mvnw verify -Pproof -Dproof.time=60s -Dproof.seed=7`
class LongProof {
  private static final int CLIENTS = 20;

  @Test
  void nothingThatWasAcceptedIsLost() throws Exception {
    Path directory = Path.of("target", "proof");
    // Of an earlier run.
    FileSystemUtils.deleteRecursively(directory.toFile());
    Proof proof =
        new Proof(
            DurationStyle.detectAndParse(System.getProperty("proof.time", "60s")),
            Long.getLong("proof.seed", 7),
            List.of(System.getProperty("proof.stores", "embedded,redis").split(",")),
            directory,
            CLIENTS);
    Verdict verdict = proof.run();
    assertThat(verdict.findings()).isEmpty();
  }
}
