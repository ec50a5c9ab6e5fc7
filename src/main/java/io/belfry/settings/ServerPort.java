package io.belfry.settings;

import static io.belfry.settings.InvalidSettingException.unless;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/// Spring Boot's settings of ports, which it does not look at before it opens them: a negative
/// `server.port` would be a node without HTTP.
public final class ServerPort {
  private static final String KEY = "server.port";
  private static final String MANAGEMENT_KEY = "management.server.port";

  // That of the management at which there is none.
  private static final int OFF = -1;

  private ServerPort() {}

  /// @throws InvalidSettingException where one is no port
  public static void check(Environment environment) {
    unless(isPort(port(KEY, environment)), KEY, "0 to 65535");
    int management = port(MANAGEMENT_KEY, environment);
    unless(management == OFF || isPort(management), MANAGEMENT_KEY, "-1 (off) or 0 to 65535");
  }

  static boolean isPort(int port) {
    return port >= 0 && port <= 65_535;
  }

  private static int port(String key, Environment environment) {
    try {
      return Binder.get(environment).bind(key, Integer.class).orElse(0);
    } catch (BindException failure) {
      throw MalformedSetting.of(failure);
    }
  }
}
