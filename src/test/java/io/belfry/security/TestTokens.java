package io.belfry.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.function.UnaryOperator;

/// Tokens for tests, good ones and others.
public final class TestTokens {
  public static final String SECRET = "a secret for tests, of more than 32 bytes";

  private TestTokens() {}

  /// One of `user` with these scopes, good for an hour.
  public static String token(String user, String scope) {
    return token(claims -> claims.subject(user).claim("scope", scope));
  }

  /// One of `user` without scopes, good for an hour.
  public static String token(String user) {
    return token(claims -> claims.subject(user));
  }

  public static String token(UnaryOperator<JWTClaimsSet.Builder> claims) {
    return sign(JWSAlgorithm.HS256, signer(SECRET), claims);
  }

  public static JWSSigner signer(String secret) {
    try {
      return new MACSigner(secret);
    } catch (JOSEException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static String sign(
      JWSAlgorithm algorithm, JWSSigner signer, UnaryOperator<JWTClaimsSet.Builder> claims) {
    return sign(new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT).build(), signer, claims);
  }

  public static String sign(
      JWSHeader header, JWSSigner signer, UnaryOperator<JWTClaimsSet.Builder> claims) {
    JWTClaimsSet.Builder hour =
        new JWTClaimsSet.Builder().expirationTime(Date.from(Instant.now().plusSeconds(3600)));
    SignedJWT token = new SignedJWT(header, claims.apply(hour).build());
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalArgumentException(e);
    }
    return token.serialize();
  }
}
