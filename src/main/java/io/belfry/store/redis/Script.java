package io.belfry.store.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// The text of a script and the name under which a server remembers it.
///
/// @param sha of the text, as `EVALSHA` wants it
record Script(String name, byte[] text, String sha) {
  private static final String COMMON = resource("common");

  /// The script `name.lua`. In front of it stands what is common to all, and then these, in their
  /// order; a server that is told a script by its name runs all of that each time.
  static Script of(String name, String... before) {
    StringBuilder parts = new StringBuilder(COMMON).append('\n');
    for (String part : before) {
      parts.append(resource(part)).append('\n');
    }
    return of(name, parts.append(resource(name)).toString());
  }

  /// The same script with these settings in front of it, as names that it can use.
  Script with(Map<String, Object> settings) {
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(settings)
        .forEach((setting, value) ->
            lines
                .append("local ")
                .append(setting)
                .append(" = ")
                .append(value instanceof String ? "'" + value + "'" : value)
                .append('\n'));
    return of(name, lines + new String(text, StandardCharsets.UTF_8));
  }

  private static Script of(String name, String whole) {
    byte[] text = whole.getBytes(StandardCharsets.UTF_8);
    try {
      byte[] sha = MessageDigest.getInstance("SHA-1").digest(text);
      return new Script(name, text, HexFormat.of().formatHex(sha));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String resource(String name) {
    String file = name + ".lua";
    try (InputStream in = Objects.requireNonNull(Script.class.getResourceAsStream(file), file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
