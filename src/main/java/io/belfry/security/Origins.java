package io.belfry.security;

import io.belfry.settings.InvalidSettingException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which browsers' origins (RFC 6454) are let in: the host that a request is sent to, and those of
/// `belfry.allowed-origins`. No credentials but tokens are ever involved: nothing here is kept in a
/// cookie, and `Access-Control-Allow-Credentials` is never sent, so that a `*` in the setting is
/// safe where every page in the world may use this node with a token of its own.
public final class Origins {
  private static final String SETTING = "belfry.allowed-origins";
  private static final String ANY = "*";
  // A host is ASCII in an Origin, also where a browser shows more. One with a `*` in it is none.
  private static final Pattern ORIGIN =
      Pattern.compile(
          "([a-z][a-z0-9+.-]*)://((?:\\[[0-9a-f:.]+]|[!-~&&[^/?#@:*]]+)(?::\\d{1,5})?)");

  private final Set<String> allowed = new HashSet<>();
  private final boolean isAnyAllowed;

  /// @param allowed exact origins, or `*`
  /// @throws InvalidSettingException where one is none
  public Origins(List<String> allowed) {
    for (String origin : allowed) {
      String normal = normal(origin.strip());
      if (normal == null && !origin.strip().equals(ANY)) {
        throw new InvalidSettingException(
            SETTING,
            SETTING + " has '" + origin + "' in it, which is no origin.",
            "Write it as browsers do, https://app.example.com, without a path and without a / at"
                + " its end; a * stands alone.");
      }
      this.allowed.add(normal == null ? ANY : normal);
    }
    this.isAnyAllowed = this.allowed.remove(ANY);
  }

  /// Whether any other origin than the request's own is allowed.
  public boolean isAnyForeignAllowed() {
    return isAnyAllowed || !allowed.isEmpty();
  }

  /// Whether `origin` is a page of the host that a request was sent to. Its scheme does not count:
  /// what ends TLS in front of a node need not say so.
  ///
  /// @param origin the header `Origin`
  /// @param authority host and port as the browser sees them; a default port may be missing
  public static boolean isOf(String authority, String origin) {
    String normal = normal(origin);
    return normal != null
        && (normal.equals(normal("https://" + authority))
            || normal.equals(normal("http://" + authority)));
  }

  /// Whether `origin` is one of the setting's. The origin `null` never is, since any page can have
  /// it.
  public boolean isAllowed(String origin) {
    String normal = normal(origin);
    return normal != null && (isAnyAllowed || allowed.contains(normal));
  }

  /// What `Access-Control-Allow-Origin` says to an allowed origin.
  String allowing(String origin) {
    return isAnyAllowed ? ANY : origin;
  }

  private static @Nullable String normal(String origin) {
    Matcher matcher = ORIGIN.matcher(origin.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return null;
    }
    String scheme = matcher.group(1);
    String defaultPort = scheme.equals("https") ? ":443" : scheme.equals("http") ? ":80" : "\0";
    String host = matcher.group(2);
    return scheme
        + "://"
        + (host.endsWith(defaultPort)
            ? host.substring(0, host.length() - defaultPort.length())
            : host);
  }
}
