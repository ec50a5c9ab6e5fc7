package io.belfry.operations;

import io.belfry.security.AuthMode;
import io.belfry.settings.BelfryProperties;
import io.belfry.settings.ServerPath;
import io.belfry.settings.ServerPort;
import java.util.List;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/// Refuses to start on settings that do not go together or are out of their bounds, before there is
/// anything to start: so what is wrong and its remedy stand alone in the log, which is ready by
/// then. Listeners without an order come after those of Spring Boot that have one.
final class RefusedSettings implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {
  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    Environment environment = event.getEnvironment();
    ServerPort.check(environment);
    ServerPath.check(environment);
    var ignored = List.of(AuthMode.of(environment), BelfryProperties.of(environment));
  }
}
