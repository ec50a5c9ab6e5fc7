package io.belfry.security;

import org.jspecify.annotations.Nullable;

/// Verifies bearer tokens, on every transport the same way.
public interface Tokens {
  /// Who `token` speaks for. Cheap for a token that was verified a moment ago; safe for use by many
  /// threads; may block the first time (keys that have to be fetched).
  ///
  /// @throws TokenRefusedException where it is not to be accepted, with a sentence fit to be sent
  ///   back
  /// @throws KeysUnavailableException where that cannot be said now
  Caller verify(String token);

  /// Who `token` speaks for, where it was verified a moment ago, else null. Does not block.
  default @Nullable Caller known(String token) {
    return null;
  }
}
