package io.belfry.settings;

import io.belfry.settings.BelfryProperties.StoreKind;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;

/// Where a store keeps the secret that demo mode makes for itself, so that all of its nodes agree.
/// Found through `META-INF/spring.factories`, since the `token` command wants it without an
/// application.
public interface DemoSecrets {
  /// Whether this is the one for `store`.
  boolean isFor(StoreKind store);

  /// The secret, made where there is none; two that ask at once get the same. Blocks.
  ///
  /// @return at least 32 characters of ASCII
  /// @throws RuntimeException where it can be neither read nor kept
  String secret(Environment environment);

  /// Which one this is and where it is kept, for whoever wonders why a node refuses what was signed
  /// with it: `the demo's secret in /var/lib/belfry`. Does not block.
  String description(Environment environment);

  /// The secret of the store that `environment` names. Blocks.
  static String of(Environment environment) {
    return ofStore(environment).secret(environment);
  }

  /// The one for the store that `environment` names.
  static DemoSecrets ofStore(Environment environment) {
    StoreKind store = BelfryProperties.of(environment).store();
    for (DemoSecrets secrets :
        SpringFactoriesLoader.forDefaultResourceLocation().load(DemoSecrets.class)) {
      if (secrets.isFor(store)) {
        return secrets;
      }
    }
    throw new IllegalStateException("No demo secret can be kept with the store " + store);
  }
}
