package io.belfry.core.log;

import org.jspecify.annotations.Nullable;

/// The store cannot take or answer it now: it is away, full or read-only. Where this ends an
/// append, nothing was appended, or the same push with the same idempotency key is safe to repeat.
public final class StoreUnavailableException extends BelfryException {
  private static final long serialVersionUID = 1L;

  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
