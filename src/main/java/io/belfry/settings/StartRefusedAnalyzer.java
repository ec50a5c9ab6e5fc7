package io.belfry.settings;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;

/// Says in two sentences why Belfry does not start. Comes before Spring Boot's own analyzers, which
/// know only that something could not be bound or made.
final class StartRefusedAnalyzer extends AbstractFailureAnalyzer<StartRefusedException>
    implements Ordered {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, StartRefusedException cause) {
    return new FailureAnalysis(cause.problem(), cause.remedy(), cause);
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }
}
