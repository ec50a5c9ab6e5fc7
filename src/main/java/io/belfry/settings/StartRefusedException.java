package io.belfry.settings;

import org.jspecify.annotations.Nullable;

/// Belfry does not start, for a reason that whoever starts it can remove.
public abstract class StartRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String problem;
  private final String remedy;

  /// @param problem a sentence that says what is wrong
  /// @param remedy a sentence that says what to do
  protected StartRefusedException(
      String message, String problem, String remedy, @Nullable Throwable cause) {
    super(message, cause);
    this.problem = problem;
    this.remedy = remedy;
  }

  public String problem() {
    return problem;
  }

  public String remedy() {
    return remedy;
  }
}
