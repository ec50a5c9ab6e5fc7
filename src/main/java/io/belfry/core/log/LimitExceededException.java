package io.belfry.core.log;

/// A limit of the settings is reached: too many connections, too many pushes. Trying again later
/// may succeed.
public final class LimitExceededException extends BelfryException {
  private static final long serialVersionUID = 1L;

  public LimitExceededException(String message) {
    super(message, null);
  }
}
