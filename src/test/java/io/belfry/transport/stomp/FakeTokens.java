package io.belfry.transport.stomp;

import io.belfry.security.Caller;
import io.belfry.security.TokenRefusedException;
import io.belfry.security.Tokens;
import java.time.Instant;

/// Tokens that say what they are: `alice`, `alice/push`, `alice/until/1234` (seconds); `bad` is
/// none.
final class FakeTokens implements Tokens {
  @Override
  public Caller verify(String token) {
    String[] parts = token.split("/", -1);
    if (parts[0].equals("bad") || parts[0].isEmpty()) {
      throw new TokenRefusedException("The token is none.");
    }
    Instant expires =
        parts.length == 3 ? Instant.ofEpochSecond(Long.parseLong(parts[2])) : Instant.MAX;
    return new Caller(parts[0], parts.length == 2 && parts[1].equals("push"), false, expires);
  }
}
