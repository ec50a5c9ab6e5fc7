package io.belfry.operations;

import io.belfry.security.AuthMode;
import io.belfry.security.TokenSigner;
import io.belfry.settings.DemoSecrets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/// The signer that a node started in the same place, with these settings, would have: for commands.
///
/// @param signer itself
/// @param demoSecret the demo's secret that it signs with, in words; null: it is a configured one
record OfflineSigner(TokenSigner signer, @Nullable String demoSecret) {
  /// An application of nothing, for the sake of its environment.
  @Configuration(proxyBeanMethods = false)
  static class Nothing {}

  /// @return null where tokens are checked with keys that cannot sign
  static @Nullable OfflineSigner of(List<String> settings) {
    SpringApplication application = new SpringApplication(Nothing.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setBannerMode(Banner.Mode.OFF);
    application.setLogStartupInfo(false);
    application.setRegisterShutdownHook(false);
    List<String> arguments = new ArrayList<>(settings);
    arguments.add("--logging.threshold.console=OFF");
    try (ConfigurableApplicationContext context =
        application.run(arguments.toArray(String[]::new))) {
      Environment environment = context.getEnvironment();
      TokenSigner signer = TokenSigner.of(environment);
      return signer == null ? null : new OfflineSigner(signer, demoSecret(environment));
    }
  }

  private static @Nullable String demoSecret(Environment environment) {
    return AuthMode.of(environment) == AuthMode.DEMO
        ? DemoSecrets.ofStore(environment).description(environment)
        : null;
  }
}
