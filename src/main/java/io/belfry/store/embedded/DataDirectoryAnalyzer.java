package io.belfry.store.embedded;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Says in two sentences why Belfry does not start on its data directory.
final class DataDirectoryAnalyzer extends AbstractFailureAnalyzer<DataDirectoryException> {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, DataDirectoryException cause) {
    return new FailureAnalysis(cause.problem(), cause.remedy(), cause);
  }
}
