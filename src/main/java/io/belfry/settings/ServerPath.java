package io.belfry.settings;

import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/// Spring Boot's settings of a path before others, or of another one. Belfry's addresses are fixed,
/// as a destination is its path, and so are those of operations: these would move some of them, and
/// neither the doors in front of the servlets nor the rules of who may ask.
public final class ServerPath {
  private static final String MAPPING = "management.endpoints.web.path-mapping";
  // Where each has to be.
  private static final Map<String, String> PATHS =
      new TreeMap<>(
          Map.of(
              "server.servlet.context-path", "",
              "spring.mvc.servlet.path", "",
              "management.server.base-path", "",
              "management.endpoints.web.base-path", "/actuator"));

  private ServerPath() {}

  /// @throws InvalidSettingException where one is set to another path
  public static void check(Environment environment) {
    PATHS.forEach((key, path) -> check(key, environment.getProperty(key, path), path));
    Binder.get(environment)
        .bind(MAPPING, Bindable.mapOf(String.class, String.class))
        .orElseGet(Map::of)
        .forEach((endpoint, path) -> check(MAPPING + "." + endpoint, path, endpoint));
  }

  private static void check(String key, String given, String path) {
    String asked = given.strip().replaceFirst("/$", "");
    if (!asked.equals(path)) {
      throw new InvalidSettingException(
          key,
          key + " is '" + given.strip() + "', but the addresses of Belfry are fixed.",
          "Remove it; a proxy in front of the nodes can have them below another path.");
    }
  }
}
