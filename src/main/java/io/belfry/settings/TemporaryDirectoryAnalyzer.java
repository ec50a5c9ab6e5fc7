package io.belfry.settings;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.WebServerException;

/// Says in two sentences that there is no temporary directory that can be written to, as in a
/// container whose file system is read-only. Jetty makes directories there, and without them Spring
/// Boot ends with a trace.
final class TemporaryDirectoryAnalyzer extends AbstractFailureAnalyzer<WebServerException> {
  @Override
  protected @Nullable FailureAnalysis analyze(Throwable rootFailure, WebServerException cause) {
    if (!Objects.requireNonNullElse(cause.getMessage(), "")
        .startsWith("Unable to create tempDir")) {
      return null;
    }
    return new FailureAnalysis(
        "The temporary directory %s cannot be written to."
            .formatted(System.getProperty("java.io.tmpdir")),
        "Make it writable (in a container: --tmpfs /tmp), or name another with"
            + " -Djava.io.tmpdir=...",
        cause);
  }
}
