package io.belfry.settings;

import java.net.BindException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.WebServerException;

/// Says in two sentences why HTTP cannot be listened for, where Spring Boot tells only of a port
/// that is in use: the address is not this machine's, or the port is not for this user.
final class ListeningAnalyzer extends AbstractFailureAnalyzer<WebServerException> {
  @Override
  protected @Nullable FailureAnalysis analyze(Throwable rootFailure, WebServerException cause) {
    // Jetty's own says where, and what it has as its cause says why.
    Throwable where = cause.getCause();
    if (where == null || !(where.getCause() instanceof BindException why)) {
      return null;
    }
    return new FailureAnalysis(
        "Belfry cannot listen for HTTP. %s: %s.".formatted(where.getMessage(), why.getMessage()),
        "Change server.address to one of this machine (or remove it), or server.port to one that"
            + " this user may take: those below 1024 are mostly for root alone."
            + " The same holds for management.server.*.",
        cause);
  }
}
