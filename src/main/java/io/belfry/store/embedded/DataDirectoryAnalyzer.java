package io.belfry.store.embedded;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;

/// Says in two sentences why a node does not start on its data directory. Comes before Spring
/// Boot's own analyzers, which know only that a bean could not be made.
final class DataDirectoryAnalyzer extends AbstractFailureAnalyzer<DataDirectoryException>
    implements Ordered {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, DataDirectoryException cause) {
    return new FailureAnalysis(cause.problem(), cause.remedy(), cause);
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }
}
