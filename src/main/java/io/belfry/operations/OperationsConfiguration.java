package io.belfry.operations;

import io.belfry.settings.BelfryProperties.StoreKind;
import io.belfry.settings.ConditionalOnStore;
import io.belfry.store.embedded.EmbeddedStore;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// What of operations depends on the store that there is.
@Configuration(proxyBeanMethods = false)
class OperationsConfiguration {
  @Bean
  @ConditionalOnStore(StoreKind.EMBEDDED)
  EmbeddedStoreMetrics embeddedStoreMetrics(EmbeddedStore store) {
    return new EmbeddedStoreMetrics(store);
  }
}
