package io.belfry.store.embedded;

import org.jspecify.annotations.Nullable;

/// The data directory cannot be used. The message says why and what to do, for whoever starts
/// Belfry.
public final class DataDirectoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String problem;
  private final String remedy;

  /// @param problem a sentence that says what is wrong with it
  /// @param remedy a sentence that says what to do
  DataDirectoryException(String problem, String remedy, @Nullable Throwable cause) {
    super(problem + " " + remedy, cause);
    this.problem = problem;
    this.remedy = remedy;
  }

  String problem() {
    return problem;
  }

  String remedy() {
    return remedy;
  }
}
