package io.belfry.operations;

import io.belfry.store.embedded.EmbeddedStore;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// What of operations depends on the store that there is.
@Configuration(proxyBeanMethods = false)
class OperationsConfiguration {
  @Bean
  @ConditionalOnProperty(name = "belfry.store", havingValue = "embedded", matchIfMissing = true)
  EmbeddedStoreMetrics embeddedStoreMetrics(EmbeddedStore store) {
    return new EmbeddedStoreMetrics(store);
  }
}
