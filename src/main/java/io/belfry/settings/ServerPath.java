package io.belfry.settings;

import java.util.List;
import org.springframework.core.env.Environment;

/// Spring Boot's settings of a path before all others. Belfry's addresses are fixed, as a
/// destination is its path: these would move some of them, and not the doors in front of the
/// servlets.
public final class ServerPath {
  private static final List<String> KEYS =
      List.of("server.servlet.context-path", "spring.mvc.servlet.path");

  private ServerPath() {}

  /// @throws InvalidSettingException where one is set, to more than the root
  public static void check(Environment environment) {
    for (String key : KEYS) {
      String path = environment.getProperty(key, "").strip();
      if (!path.isEmpty() && !path.equals("/")) {
        throw new InvalidSettingException(
            key,
            key + " is '" + path + "', but the addresses of Belfry are fixed.",
            "Remove it; a proxy in front of the nodes can have them below another path.");
      }
    }
  }
}
