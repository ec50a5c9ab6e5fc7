package io.belfry.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;

/// `./mvnw verify -Pproof -Dproof.time=60s -Dproof.seed=7`
class LongProof {
  @Test
  void nothingThatWasAcceptedIsLost() throws Exception {
    Proof proof =
        new Proof(
            DurationStyle.detectAndParse(System.getProperty("proof.time", "60s")),
            Long.getLong("proof.seed", System.nanoTime()),
            List.of(System.getProperty("proof.stores", "embedded,redis").split(",")),
            Path.of("target", "proof"),
            20);
    Verdict verdict = proof.run();
    assertThat(verdict.findings()).isEmpty();
  }
}
