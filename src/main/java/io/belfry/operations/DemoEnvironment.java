package io.belfry.operations;

import io.belfry.security.AuthMode;
import io.belfry.settings.InvalidSettingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/// Makes a node without authentication listen on 127.0.0.1 alone, unless `belfry.demo=true` says
/// that it is safe elsewhere. All doors bind to `server.address`, so it is enough to set that.
final class DemoEnvironment implements EnvironmentPostProcessor {
  private static final String LOOPBACK = "127.0.0.1";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (!isBoundToLoopback(environment)) {
      return;
    }
    Map<String, Object> addresses = new LinkedHashMap<>();
    for (String server : List.of("server", "management.server")) {
      boolean isThere =
          server.equals("server") || StringUtils.hasText(environment.getProperty(server + ".port"));
      if (isThere && !StringUtils.hasText(environment.getProperty(server + ".address"))) {
        addresses.put(server + ".address", LOOPBACK);
      }
    }
    environment.getPropertySources().addFirst(new MapPropertySource("demo", addresses));
  }

  private static boolean isBoundToLoopback(ConfigurableEnvironment environment) {
    try {
      return AuthMode.of(environment) == AuthMode.DEMO && !AuthMode.isDemoSetTo(true, environment);
    } catch (InvalidSettingException notToStart) {
      // Said when the log and the failure's report are there: the application asks again.
      return false;
    }
  }
}
