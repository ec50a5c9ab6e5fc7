package io.belfry.settings;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.core.Ordered;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/// Says in two sentences what Spring Boot tells by a trace alone: that a file of its settings, or
/// one that they name, is not what it has to be.
final class UnreadableFileAnalyzer implements FailureAnalyzer, Ordered {
  private static final String PUBLIC_KEY =
      "spring.security.oauth2.resourceserver.jwt.public-key-location";
  private static final String PUBLIC_KEY_BEAN = "jwtDecoderByPublicKeyValue";

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      FailureAnalysis analysis = analyzeAlone(cause);
      if (analysis != null) {
        return analysis;
      }
    }
    return null;
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  private static @Nullable FailureAnalysis analyzeAlone(Throwable cause) {
    return switch (cause) {
      case YAMLException yaml ->
          new FailureAnalysis(
              "A file with settings, application.yaml or the like, is no YAML: "
                  + problem(yaml)
                  + ".",
              "Mend it there; what is nested is indented with spaces.",
              cause);
      case NoSuchSslBundleException unknown ->
          new FailureAnalysis(
              "A setting, server.ssl.bundle or the like, names the SSL bundle "
                  + unknown.getBundleName()
                  + ", and there is none of that name.",
              "Define it with spring.ssl.bundle.pem."
                  + unknown.getBundleName()
                  + ".* or "
                  + "spring.ssl.bundle.jks.*.",
              cause);
      case IllegalStateException store when isKeyOrTrustStore(store) ->
          new FailureAnalysis(
              "An SSL bundle, or what server.ssl.* names, cannot be taken: "
                  + store.getMessage()
                  + ".",
              "Correct the files and passwords of spring.ssl.bundle.* (or server.ssl.*), or give"
                  + " this user the right to read them.",
              cause);
      case BeanCreationException bean when PUBLIC_KEY_BEAN.equals(bean.getBeanName()) ->
          new FailureAnalysis(
              PUBLIC_KEY + " names nothing that has an RSA public key in it.",
              "Name a file, as file:/etc/belfry/key.pem, that begins with -----BEGIN PUBLIC"
                  + " KEY-----.",
              cause);
      default -> null;
    };
  }

  // Without the lines themselves: there may be a secret in them.
  private static String problem(YAMLException yaml) {
    return yaml instanceof MarkedYAMLException marked && marked.getProblemMark() != null
        ? "line %d, column %d: %s"
            .formatted(
                marked.getProblemMark().getLine() + 1,
                marked.getProblemMark().getColumn() + 1,
                marked.getProblem())
        : "it has characters that are not allowed";
  }

  private static boolean isKeyOrTrustStore(IllegalStateException failure) {
    return Objects.requireNonNullElse(failure.getMessage(), "")
        .matches("(?s)Unable to create (key|trust) store: .*");
  }
}
