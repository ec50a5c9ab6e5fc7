package io.belfry.core.log;

import org.jspecify.annotations.Nullable;

/// What can go wrong in the core. Its message is for logs and for the developer who sent the
/// request: it holds no payload and no token.
public abstract sealed class BelfryException extends RuntimeException
    permits InvalidInputException,
        LimitExceededException,
        NotAllowedException,
        StoreUnavailableException {
  private static final long serialVersionUID = 1L;

  BelfryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
