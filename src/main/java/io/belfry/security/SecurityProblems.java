package io.belfry.security;

import io.belfry.core.log.InvalidInputException;
import io.belfry.web.Problem;

/// The problems that tokens make over HTTP, with the `WWW-Authenticate` that RFC 6750 wants.
public final class SecurityProblems {
  private static final String CHALLENGE_HEADER = "WWW-Authenticate";

  private SecurityProblems() {}

  /// 401: there is no token.
  public static Problem noToken() {
    return Problem.of(401, "This needs a token: send the header Authorization: Bearer.")
        .with(CHALLENGE_HEADER, BearerToken.CHALLENGE);
  }

  /// 401: there is one, and it is not accepted.
  public static Problem refused(TokenRefusedException refused) {
    return Problem.of(401, String.valueOf(refused.getMessage()))
        .with(CHALLENGE_HEADER, BearerToken.refusal(refused));
  }

  /// 403: the token is accepted and lacks `scope`.
  public static Problem lacks(String scope) {
    return Problem.of(403, "This needs a token with the scope '" + scope + "'.")
        .with(CHALLENGE_HEADER, BearerToken.insufficientScope(scope));
  }

  /// 403: who asks may not, whatever the token. RFC 6750 has no error code for that, so the
  /// challenge has none.
  public static Problem forbidden(String detail) {
    return Problem.of(403, detail).with(CHALLENGE_HEADER, BearerToken.CHALLENGE);
  }

  /// 503: nobody can say now whether the token is good.
  public static Problem keysUnavailable() {
    return Problem.of(
            503, "The keys that tokens are checked with cannot be fetched now. Try again.")
        .retryAfter(1);
  }

  /// Whatever [BearerToken#caller] throws.
  public static Problem of(RuntimeException failure) {
    return switch (failure) {
      case TokenRefusedException refused -> refused(refused);
      case KeysUnavailableException _ -> keysUnavailable();
      case InvalidInputException invalid -> Problem.of(invalid);
      default -> throw failure;
    };
  }
}
