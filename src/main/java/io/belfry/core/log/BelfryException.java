package io.belfry.core.log;

/// What can go wrong in the core. Its message is for logs and for the developer who sent the
/// request: it holds no payload and no token.
public abstract sealed class BelfryException extends RuntimeException
    permits InvalidInputException, LimitExceededException, StoreUnavailableException {
  private static final long serialVersionUID = 1L;

  BelfryException(String message, @org.jspecify.annotations.Nullable Throwable cause) {
    super(message, cause);
  }
}
