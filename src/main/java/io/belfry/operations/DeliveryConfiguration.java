package io.belfry.operations;

import io.belfry.core.delivery.Deliveries;
import io.belfry.core.delivery.DeliverySettings;
import io.belfry.core.log.Store;
import io.belfry.settings.BelfryProperties;
import java.time.InstantSource;
import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Delivery on this node, as the settings want it. It is closed before the store that it stands on.
@Configuration(proxyBeanMethods = false)
class DeliveryConfiguration {
  @Bean
  Deliveries deliveries(Store store, BelfryProperties properties) {
    return new Deliveries(store, settings(properties), InstantSource.system());
  }

  static DeliverySettings settings(BelfryProperties properties) {
    BelfryProperties.Delivery delivery = properties.delivery();
    BelfryProperties.Limits limits = properties.limits();
    DeliverySettings defaults = DeliverySettings.defaults();
    return new DeliverySettings(
            delivery.window(),
            delivery.ackTimeout(),
            delivery.maxDeliveries(),
            defaults.recentEntries(),
            limits.connectionsPerUser(),
            Objects.requireNonNullElse(limits.connections(), defaults.connections()),
            defaults.deviceTtl())
        .keeping(properties.inbox().maxMessages(), properties.inbox().deviceTtl());
  }
}
