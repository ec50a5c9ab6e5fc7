package io.belfry.security;

import io.belfry.core.log.InvalidInputException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Bearer tokens in HTTP requests (RFC 6750): where they stand, and how they are asked for.
public final class BearerToken {
  /// The name of the query parameter.
  public static final String PARAMETER = "access_token";

  /// `WWW-Authenticate` where there was no token. The scheme alone would be none: RFC 6750 wants
  /// one parameter or more.
  public static final String CHALLENGE = "Bearer realm=\"belfry\"";

  private static final String SCHEME = "Bearer ";

  private BearerToken() {}

  /// Who the tokens of a request speak for, or null where there is none.
  ///
  /// @param authorization all values of the header `Authorization`
  /// @param query the raw query where a token may stand there too (SSE and WebSocket handshakes),
  ///   else null
  /// @throws InvalidInputException where there is more than one header, or more than one parameter
  /// @throws TokenRefusedException where one is not accepted, or where two name different users
  /// @throws KeysUnavailableException where that cannot be said now
  public static @Nullable Caller caller(
      Tokens tokens, List<String> authorization, @Nullable String query) {
    String inHeader = inHeader(authorization);
    String inQuery = query == null ? null : inQuery(query);
    if (inHeader == null) {
      return inQuery == null ? null : tokens.verify(inQuery);
    }
    Caller caller = tokens.verify(inHeader);
    if (inQuery != null && !tokens.verify(inQuery).user().equals(caller.user())) {
      throw new TokenRefusedException("The two tokens of this request name different users.");
    }
    return caller;
  }

  /// Who the token of a request speaks for, where that is known without more ado, else null. Does
  /// not block.
  ///
  /// @param authorization all values of the header `Authorization`
  public static @Nullable Caller known(Tokens tokens, List<String> authorization) {
    return authorization.size() == 1
            && authorization.getFirst().regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? tokens.known(authorization.getFirst().substring(SCHEME.length()))
        : null;
  }

  /// The token of the header `Authorization`, or null where there is none of the scheme `Bearer`.
  ///
  /// @throws InvalidInputException where there is more than one header
  /// @throws TokenRefusedException where what follows the scheme has not the form of a token
  public static @Nullable String inHeader(List<String> authorization) {
    if (authorization.isEmpty()) {
      return null;
    }
    if (authorization.size() > 1) {
      throw new InvalidInputException("Authorization", "A request has one header Authorization.");
    }
    return inHeader(authorization.getFirst());
  }

  /// The token of one value of `Authorization`, or null where it has another scheme than `Bearer`.
  ///
  /// @throws TokenRefusedException where what follows the scheme has not the form of a token
  public static @Nullable String inHeader(String authorization) {
    String value = authorization.strip();
    if (value.equalsIgnoreCase(SCHEME.strip())) {
      throw new TokenRefusedException("There is no token after 'Bearer'.");
    }
    if (!value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    return checked(value.substring(SCHEME.length()).strip());
  }

  /// The token in a raw query, or null where there is none.
  ///
  /// @throws InvalidInputException where there is more than one
  /// @throws TokenRefusedException where it has not the form of a token
  public static @Nullable String inQuery(String query) {
    String token = null;
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      if (!decoded(equals < 0 ? parameter : parameter.substring(0, equals)).equals(PARAMETER)) {
        continue;
      }
      if (token != null) {
        throw new InvalidInputException(PARAMETER, "A request has one parameter access_token.");
      }
      token = equals < 0 ? "" : decoded(parameter.substring(equals + 1));
    }
    return token == null ? null : checked(token);
  }

  /// Whether a raw query has a token in it, of whatever form.
  public static boolean isIn(@Nullable String query) {
    return query != null && query.toLowerCase(Locale.ROOT).contains(PARAMETER);
  }

  /// `WWW-Authenticate` where a token was refused.
  public static String refusal(TokenRefusedException refused) {
    return SCHEME
        + "error=\"invalid_token\", error_description=\""
        + quotable(refused.getMessage())
        + '"';
  }

  /// `WWW-Authenticate` where a token lacks a scope.
  public static String insufficientScope(String scope) {
    return SCHEME + "error=\"insufficient_scope\", scope=\"" + scope + '"';
  }

  private static String checked(String token) {
    int length = token.length();
    while (length > 0 && token.charAt(length - 1) == '=') {
      length--;
    }
    boolean isToken = length > 0;
    for (int i = 0; isToken && i < length; i++) {
      char c = token.charAt(i);
      isToken =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-._~+/".indexOf(c) >= 0;
    }
    if (!isToken) {
      throw new TokenRefusedException("What was given as a token has not the form of one.");
    }
    return token;
  }

  private static String decoded(String part) {
    try {
      return URLDecoder.decode(part, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return part;
    }
  }

  // RFC 6750: printable ASCII without quotes and backslashes.
  private static String quotable(@Nullable String sentence) {
    return String.valueOf(sentence).replace('"', '\'').replaceAll("[^\\x20-\\x7e]|\\\\", "?");
  }
}
