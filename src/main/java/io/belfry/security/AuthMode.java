package io.belfry.security;

import io.belfry.settings.InvalidSettingException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/// How a node checks tokens, as its settings say it. What they say in two ways, or not safely
/// enough, refuses to start.
///
/// Authentication that is configured beats `belfry.demo=true`: then there is no demo.
public enum AuthMode {
  /// With `belfry.auth.secret`.
  SECRET,
  /// With the keys that `spring.security.oauth2.resourceserver.jwt.*` names.
  KEYS,
  /// With a secret that Belfry makes for itself.
  DEMO;

  public static final String SECRET_KEY = "belfry.auth.secret";

  private static final String DEMO_KEY = "belfry.demo";
  private static final String JWT = "spring.security.oauth2.resourceserver.jwt.";
  private static final String OPAQUE =
      "spring.security.oauth2.resourceserver.opaquetoken.introspection-uri";
  private static final Pattern HTTP = Pattern.compile("(?i)https?://[^/\\s]\\S*");
  private static final int MIN_SECRET_BYTES = 32;
  private static final String HOW_TO =
      "Set BELFRY_AUTH_SECRET to at least 32 random bytes (or"
          + " spring.security.oauth2.resourceserver.jwt.issuer-uri to your identity provider)";

  /// @throws InvalidSettingException where the settings contradict each other or are not safe
  public static AuthMode of(Environment environment) {
    String secret = secret(environment);
    List<String> keys =
        Stream.of("issuer-uri", "jwk-set-uri", "public-key-location")
            .map(name -> JWT + name)
            .filter(key -> hasText(environment, key))
            .toList();
    List<String> audiences =
        Binder.get(environment)
            .bind(JWT + "audiences", Bindable.listOf(String.class))
            .orElse(List.of());
    if (hasText(environment, OPAQUE)) {
      throw new InvalidSettingException(
          OPAQUE,
          OPAQUE + " is set, but Belfry takes only tokens that are JWTs.",
          "Remove it. " + HOW_TO + ".");
    }
    if (secret != null) {
      check(secret, keys.isEmpty() && !audiences.isEmpty() ? List.of(JWT + "audiences") : keys);
      return SECRET;
    }
    if (!keys.isEmpty()) {
      keys.stream()
          .filter(key -> key.endsWith("-uri"))
          .forEach(key -> checkAddress(key, environment));
      return KEYS;
    }
    if (!audiences.isEmpty()) {
      throw new InvalidSettingException(
          JWT + "audiences",
          JWT + "audiences is set, but nothing says which key tokens are signed with.",
          "Set "
              + JWT
              + "issuer-uri, "
              + JWT
              + "jwk-set-uri or "
              + JWT
              + "public-key-location too.");
    }
    checkDemo(environment);
    return DEMO;
  }

  /// The configured secret, or null where there is none: an empty one is none.
  public static @Nullable String secret(Environment environment) {
    String secret = environment.getProperty(SECRET_KEY);
    return StringUtils.hasLength(secret) ? secret : null;
  }

  /// Whether `belfry.demo` is set to this.
  public static boolean isDemoSetTo(boolean value, Environment environment) {
    String demo = environment.getProperty(DEMO_KEY);
    try {
      return StringUtils.hasText(demo)
          && Binder.get(environment).bind(DEMO_KEY, Boolean.class).get() == value;
    } catch (BindException malformed) {
      throw new InvalidSettingException(
          DEMO_KEY,
          DEMO_KEY + " is '" + demo + "': it must be true or false.",
          "Change " + DEMO_KEY + ".");
    }
  }

  private static void check(String secret, List<String> alsoSet) {
    if (!alsoSet.isEmpty()) {
      throw new InvalidSettingException(
          SECRET_KEY,
          SECRET_KEY + " and " + alsoSet.getFirst() + " are both set: one of them has to go.",
          "Remove " + SECRET_KEY + ", or all of " + JWT + "*.");
    }
    int bytes = secret.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < MIN_SECRET_BYTES) {
      throw new InvalidSettingException(
          SECRET_KEY,
          SECRET_KEY + " has " + bytes + " bytes: HS256 needs at least " + MIN_SECRET_BYTES + ".",
          "Set BELFRY_AUTH_SECRET to a longer one, for example from `openssl rand -base64 48`.");
    }
  }

  private static void checkAddress(String key, Environment environment) {
    String address = environment.getRequiredProperty(key);
    if (!HTTP.matcher(address).matches()) {
      throw new InvalidSettingException(
          key,
          key + " is '" + address + "', which is no address to ask for keys at.",
          "Write all of it, as https://id.example.com/realms/one.");
    }
  }

  private static void checkDemo(Environment environment) {
    if (isDemoSetTo(false, environment)) {
      throw new InvalidSettingException(
          DEMO_KEY,
          "belfry.demo is false, and no authentication is configured.",
          HOW_TO + ", or remove belfry.demo.");
    }
    if (isDemoSetTo(true, environment)) {
      return;
    }
    for (String key : List.of("server.address", "management.server.address")) {
      if (hasText(environment, key) && !isLoopback(environment.getRequiredProperty(key))) {
        throw new InvalidSettingException(
            key,
            "No authentication is configured, so "
                + key
                + " cannot be "
                + environment.getRequiredProperty(key)
                + ": Belfry then listens on 127.0.0.1 alone.",
            HOW_TO
                + ", or remove "
                + key
                + ", or set BELFRY_DEMO=true where others cannot reach this address.");
      }
    }
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }

  private static boolean hasText(Environment environment, String key) {
    return StringUtils.hasText(environment.getProperty(key));
  }
}
