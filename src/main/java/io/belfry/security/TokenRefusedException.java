package io.belfry.security;

/// A token that is malformed, expired, not signed as configured, or whose user is no valid name.
/// The message is a plain sentence without the token, fit to be sent back.
public final class TokenRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TokenRefusedException(String message) {
    super(message);
  }
}
