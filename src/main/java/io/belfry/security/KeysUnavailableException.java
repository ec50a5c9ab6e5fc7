package io.belfry.security;

/// Nobody can say now whether a token is good: the keys of its issuer cannot be fetched. It is no
/// fault of the token; trying again later may succeed.
public final class KeysUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public KeysUnavailableException(Throwable cause) {
    super("The keys that tokens are checked with cannot be fetched now.", cause);
  }
}
