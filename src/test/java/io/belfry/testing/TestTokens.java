package io.belfry.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;

/// Tokens for tests, signed with a secret that is none.
public final class TestTokens {
  public static final String SECRET = "a-secret-for-tests-that-is-none-0123456789";

  private TestTokens() {}

  public static String user(String user) {
    return token(user, "", Duration.ofHours(1));
  }

  public static String push() {
    return token("service", "push", Duration.ofHours(1));
  }

  public static String admin() {
    return token("operator", "admin", Duration.ofHours(1));
  }

  public static String token(String user, String scope, Duration validity) {
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .subject(user)
            .claim("scope", scope)
            .issueTime(Date.from(Instant.now()))
            .expirationTime(Date.from(Instant.now().plus(validity)))
            .build();
    SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
    try {
      token.sign(new MACSigner(SECRET.getBytes(StandardCharsets.UTF_8)));
    } catch (JOSEException impossible) {
      throw new IllegalStateException(impossible);
    }
    return token.serialize();
  }
}
