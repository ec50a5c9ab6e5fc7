package io.belfry.store.embedded;

import io.belfry.settings.StartRefusedException;
import org.jspecify.annotations.Nullable;

/// The data directory cannot be used. The message says why and what to do, for whoever starts
/// Belfry.
public final class DataDirectoryException extends StartRefusedException {
  private static final long serialVersionUID = 1L;

  /// @param problem a sentence that says what is wrong with it
  /// @param remedy a sentence that says what to do
  DataDirectoryException(String problem, String remedy, @Nullable Throwable cause) {
    super(problem + " " + remedy, problem, remedy, cause);
  }
}
