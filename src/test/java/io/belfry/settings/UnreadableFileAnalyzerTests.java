package io.belfry.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchException;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.yaml.snakeyaml.Yaml;

class UnreadableFileAnalyzerTests {
  private final UnreadableFileAnalyzer analyzer = new UnreadableFileAnalyzer();

  @Test
  void brokenYamlIsToldByItsPlaceWithoutWhatItSays() {
    Exception failure = catchException(() -> new Yaml().load("auth:\n\tsecret: s3cret"));

    FailureAnalysis analysis =
        Objects.requireNonNull(analyzer.analyze(new IllegalStateException(failure)));
    assertThat(analysis.getDescription()).contains("is no YAML: line 2, column 1: found character");
    assertThat(analysis.getDescription() + analysis.getAction()).doesNotContain("s3cret");
  }

  @Test
  void whatIsNoTextIsNoYamlEither() {
    Exception failure = catchException(() -> new Yaml().load("a: \0"));

    assertThat(analyzer.analyze(failure)).isNotNull();
  }

  @Test
  void anSslBundleThatIsMissingIsToldByItsName() {
    Exception failure = catchException(() -> new DefaultSslBundleRegistry().getBundle("nope"));

    FailureAnalysis analysis = Objects.requireNonNull(analyzer.analyze(failure));
    assertThat(analysis.getDescription()).contains("names the SSL bundle nope");
    assertThat(analysis.getAction()).contains("spring.ssl.bundle.pem.nope.*");
  }

  @Test
  void anSslBundleWhoseFileIsMissingIsToldByTheFile() {
    PemSslStoreDetails missing = PemSslStoreDetails.forCertificate("/nowhere/cert.pem");
    Exception failure = catchException(() -> new PemSslStoreBundle(missing, null).getKeyStore());

    FailureAnalysis analysis =
        Objects.requireNonNull(analyzer.analyze(new IllegalStateException("Outside", failure)));
    assertThat(analysis.getDescription()).contains("/nowhere/cert.pem");
  }

  @Test
  void aPublicKeyThatIsNoneIsToldByItsSetting() {
    Exception failure = new BeanCreationException("jwtDecoderByPublicKeyValue", "Unable to decode");

    FailureAnalysis analysis = Objects.requireNonNull(analyzer.analyze(failure));
    assertThat(analysis.getDescription())
        .contains("spring.security.oauth2.resourceserver.jwt.public-key-location names nothing");
  }

  @Test
  void allElseIsLeftToSpringBoot() {
    assertThat(analyzer.analyze(new IllegalStateException("Something", new RuntimeException())))
        .isNull();
  }
}
