package io.belfry.transport.stomp;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A version of the protocol, oldest first.
enum StompVersion {
  V1_0("1.0", "v10.stomp"),
  V1_1("1.1", "v11.stomp"),
  V1_2("1.2", "v12.stomp");

  /// What is supported, as an `ERROR` says it.
  static final String ALL = "1.0,1.1,1.2";

  private final String number;
  private final String subprotocol;

  StompVersion(String number, String subprotocol) {
    this.number = number;
    this.subprotocol = subprotocol;
  }

  /// As `accept-version` and `version` have it.
  String number() {
    return number;
  }

  /// Its name as a WebSocket subprotocol.
  String subprotocol() {
    return subprotocol;
  }

  /// Whether header values have escapes in them.
  boolean escapes() {
    return this != V1_0;
  }

  /// The version with this subprotocol, or null.
  static @Nullable StompVersion ofSubprotocol(@Nullable String name) {
    for (StompVersion version : values()) {
      if (name != null && version.subprotocol.equals(name.toLowerCase(Locale.ROOT))) {
        return version;
      }
    }
    return null;
  }

  /// Whether a list such as `1.0,1.2` has this version in it.
  boolean isIn(String accepted) {
    for (String number : accepted.split(",", -1)) {
      if (number.strip().equals(this.number)) {
        return true;
      }
    }
    return false;
  }

  /// The highest version of a list such as `1.0,1.2`, or null where it has none that is known.
  static @Nullable StompVersion highest(String accepted) {
    StompVersion highest = null;
    for (StompVersion version : values()) {
      highest = version.isIn(accepted) ? version : highest;
    }
    return highest;
  }
}
