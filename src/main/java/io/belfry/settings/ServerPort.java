package io.belfry.settings;

import static io.belfry.settings.InvalidSettingException.unless;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/// Spring Boot's setting of the port, which it does not look at before it opens it: a negative one
/// would be a node without HTTP.
public final class ServerPort {
  private static final String KEY = "server.port";

  private ServerPort() {}

  /// @throws InvalidSettingException where it is no port
  public static void check(Environment environment) {
    try {
      int port = Binder.get(environment).bind(KEY, Integer.class).orElse(0);
      unless(isPort(port), KEY, "0 to 65535");
    } catch (BindException failure) {
      throw MalformedSetting.of(failure);
    }
  }

  static boolean isPort(int port) {
    return port >= 0 && port <= 65_535;
  }
}
