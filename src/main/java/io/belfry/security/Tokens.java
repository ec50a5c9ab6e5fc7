package io.belfry.security;

/// Verifies bearer tokens, on every transport the same way.
public interface Tokens {
  /// Who `token` speaks for. Cheap for a token that was verified a moment ago; safe for use by many
  /// threads; may block the first time (keys that have to be fetched).
  ///
  /// @throws TokenRefusedException where it is not to be accepted, with a sentence fit to be sent
  ///   back
  /// @throws KeysUnavailableException where that cannot be said now
  Caller verify(String token);
}
