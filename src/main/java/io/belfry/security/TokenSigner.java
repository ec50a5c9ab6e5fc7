package io.belfry.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.belfry.settings.DemoSecrets;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/// Signs tokens with the secret that this node checks them with (HS256): for the `token` command
/// and for the demo's page.
public final class TokenSigner {
  private static final String JWT = "spring.security.oauth2.resourceserver.jwt.";

  private final Supplier<String> secret;
  private final String userClaim;
  private final String scopeClaim;
  private final Clock clock;

  private TokenSigner(Supplier<String> secret, String userClaim, String scopeClaim, Clock clock) {
    this.secret = secret;
    this.userClaim = userClaim;
    this.scopeClaim = scopeClaim;
    this.clock = clock;
  }

  /// One that writes the claims which a node with these settings reads.
  ///
  /// @param secret asked at each signing; may block
  static TokenSigner of(Supplier<String> secret, Environment environment, Clock clock) {
    return new TokenSigner(
        secret,
        environment.getProperty(JWT + "principal-claim-name", "sub"),
        environment.getProperty(JWT + "authorities-claim-name", "scope"),
        clock);
  }

  /// One with the secret that `environment` configures, or the demo's, made where it is missing.
  ///
  /// @return null where tokens are checked with keys that cannot sign
  public static @Nullable TokenSigner of(Environment environment) {
    return switch (AuthMode.of(environment)) {
      case SECRET -> of(() -> configured(environment), environment, Clock.systemUTC());
      case DEMO -> of(() -> DemoSecrets.of(environment), environment, Clock.systemUTC());
      case KEYS -> null;
    };
  }

  /// A token for `user`, a valid name.
  ///
  /// @param scope names with spaces between them; empty: none
  public String sign(String user, String scope, Duration validity) {
    Instant now = clock.instant();
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .claim(userClaim, user)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(validity)));
    if (!scope.isEmpty()) {
      claims.claim(scopeClaim, scope);
    }
    SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
    try {
      token.sign(new MACSigner(secret.get().getBytes(StandardCharsets.UTF_8)));
    } catch (JOSEException failure) {
      throw new IllegalStateException("HS256 does not work here", failure);
    }
    return token.serialize();
  }

  private static String configured(Environment environment) {
    return environment.getRequiredProperty(AuthMode.SECRET_KEY);
  }
}
