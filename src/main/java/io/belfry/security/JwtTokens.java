package io.belfry.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.Names;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderInitializationException;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidationException;

/// Tokens that are JWTs (RFC 7519), checked by Spring Security's decoder. What was accepted is
/// remembered for a minute at most, so that a busy service's token costs a look into a table; what
/// was refused is not remembered.
final class JwtTokens implements Tokens {
  private static final Logger LOG = LoggerFactory.getLogger(JwtTokens.class);

  /// How much clocks may differ. Spring's own validators use the same.
  static final Duration LEEWAY = Duration.ofSeconds(60);

  private static final int MAX_LENGTH = 8 * 1024;
  private static final Duration REMEMBERED = Duration.ofMinutes(1);
  private static final Duration TOLD_EVERY = Duration.ofMinutes(1);
  private static final long MAX_REMEMBERED_BYTES = 32L << 20;
  private static final int ENTRY_OVERHEAD = 256;

  private final JwtDecoder decoder;
  private final Converter<Jwt, AbstractAuthenticationToken> converter;
  private final String userClaim;
  private final String pushAuthority;
  private final String adminAuthority;
  private final Clock clock;
  private final Cache<String, Caller> verified;

  // When it is next said that the keys cannot be fetched.
  private final AtomicReference<Instant> toBeTold = new AtomicReference<>(Instant.MIN);

  /// @param converter reads the user and the authorities from the claims
  /// @param userClaim the claim that `converter` takes the user from
  /// @param authorityPrefix what `converter` puts before each scope
  JwtTokens(
      JwtDecoder decoder,
      Converter<Jwt, AbstractAuthenticationToken> converter,
      String userClaim,
      String authorityPrefix,
      Clock clock) {
    this.decoder = decoder;
    this.converter = converter;
    this.userClaim = userClaim;
    this.pushAuthority = authorityPrefix + Caller.PUSH;
    this.adminAuthority = authorityPrefix + Caller.ADMIN;
    this.clock = clock;
    this.verified =
        Caffeine.newBuilder()
            .maximumWeight(MAX_REMEMBERED_BYTES)
            .weigher((String token, Caller _) -> token.length() + ENTRY_OVERHEAD)
            .expireAfterWrite(REMEMBERED)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  @Override
  public Caller verify(String token) {
    Caller known = known(token);
    if (known != null) {
      return known;
    }
    if (token.length() > MAX_LENGTH) {
      throw new TokenRefusedException("The token is longer than 8 KB.");
    }
    Caller caller = caller(decode(token));
    verified.put(token, caller);
    return caller;
  }

  @Override
  public @Nullable Caller known(String token) {
    Caller known = verified.getIfPresent(token);
    return known != null && known.expires().isAfter(clock.instant()) ? known : null;
  }

  private Jwt decode(String token) {
    try {
      return decoder.decode(token);
    } catch (JwtValidationException invalid) {
      throw new TokenRefusedException(reason(invalid.getErrors()));
    } catch (BadJwtException bad) {
      throw new TokenRefusedException(
          "The token is not a JWT, or not signed with the key and algorithm that are configured here.");
    } catch (JwtDecoderInitializationException | JwtException unknown) {
      tell(unknown);
      throw new KeysUnavailableException(unknown);
    }
  }

  // Once a minute: each token that is not known asks for them.
  private void tell(RuntimeException failure) {
    Instant now = clock.instant();
    Instant due = toBeTold.get();
    if (!now.isBefore(due) && toBeTold.compareAndSet(due, now.plus(TOLD_EVERY))) {
      LOG.warn("Tokens cannot be checked now: their keys cannot be fetched", failure);
    }
  }

  private Caller caller(Jwt token) {
    AbstractAuthenticationToken authentication = convert(token);
    if (authentication == null) {
      throw new TokenRefusedException("The token says nothing about its user.");
    }
    Collection<GrantedAuthority> authorities = authentication.getAuthorities();
    boolean isAdmin = has(adminAuthority, authorities);
    boolean mayPush = isAdmin || has(pushAuthority, authorities);
    return new Caller(user(authentication.getName()), mayPush, isAdmin, expires(token));
  }

  // Spring takes what stands in an array of scopes for strings without looking.
  private @Nullable AbstractAuthenticationToken convert(Jwt token) {
    try {
      return converter.convert(token);
    } catch (ClassCastException malformed) {
      throw new TokenRefusedException("The token's scopes are not strings.");
    }
  }

  private String user(String name) {
    try {
      return Names.user(name);
    } catch (InvalidInputException invalid) {
      throw new TokenRefusedException(
          name.isEmpty()
              ? "The token names no user: its '" + userClaim + "' is missing."
              : "The token's '" + userClaim + "' cannot be a user here. " + invalid.getMessage());
    }
  }

  private static boolean has(String authority, Collection<GrantedAuthority> authorities) {
    return authorities.stream().anyMatch(granted -> authority.equals(granted.getAuthority()));
  }

  private Instant expires(Jwt token) {
    Instant end = token.getExpiresAt();
    if (end == null) {
      return Instant.MAX;
    }
    return end.isAfter(clock.instant()) ? end : end.plus(LEEWAY);
  }

  private static String reason(Collection<OAuth2Error> errors) {
    for (OAuth2Error error : errors) {
      String description = String.valueOf(error.getDescription());
      if (description.startsWith("Jwt expired")) {
        return "The token has expired.";
      }
      if (description.startsWith("Jwt used before")) {
        return "The token is not valid yet.";
      }
    }
    return "The token's issuer, audience or type is not the one that is configured here.";
  }
}
