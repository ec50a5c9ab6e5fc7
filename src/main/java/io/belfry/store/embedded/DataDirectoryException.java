package io.belfry.store.embedded;

import org.jspecify.annotations.Nullable;

/// The data directory cannot be used. The message says why and what to do, for whoever starts
/// Belfry.
public final class DataDirectoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DataDirectoryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
