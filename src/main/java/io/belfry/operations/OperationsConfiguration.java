package io.belfry.operations;

import io.belfry.settings.BelfryProperties.StoreKind;
import io.belfry.settings.ConditionalOnStore;
import io.belfry.store.embedded.EmbeddedStore;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// What operators see and do of a node, and delivery on it; some of it depends on the store that
/// there is.
@Configuration(proxyBeanMethods = false)
@Import({
  DeliveryConfiguration.class,
  BackupController.class,
  DeadLetterController.class,
  OpenApiController.class,
  PresenceController.class,
  QueueController.class,
  DeliveryLatency.class,
  DoorMetrics.class,
  NodeMetrics.class,
  StompMetrics.class,
  Drain.class,
  NodeSnapshots.class,
  StartBanner.class,
  StoreHealthIndicator.class
})
public class OperationsConfiguration {
  @Bean
  @ConditionalOnStore(StoreKind.EMBEDDED)
  EmbeddedStoreMetrics embeddedStoreMetrics(EmbeddedStore store) {
    return new EmbeddedStoreMetrics(store);
  }
}
