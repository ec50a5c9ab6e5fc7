package io.belfry.store.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/// The text of a script and the name under which a server remembers it.
///
/// @param sha of the text, as `EVALSHA` wants it
record Script(String name, byte[] text, String sha) {
  private static final String COMMON = resource("common");

  /// The script `name.lua`, with what is common to all in front of it.
  static Script of(String name) {
    byte[] text = (COMMON + '\n' + resource(name)).getBytes(StandardCharsets.UTF_8);
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
