package io.belfry.store.embedded;

import io.belfry.settings.BelfryProperties;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Makes the store where `belfry.store` is `embedded`, or says nothing.
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "belfry.store", havingValue = "embedded", matchIfMissing = true)
class EmbeddedStoreConfiguration {
  @Bean(destroyMethod = "close")
  EmbeddedStore store(BelfryProperties settings) {
    return EmbeddedStore.open(settings.dataDir(), settings.retention(), Clock.systemUTC());
  }
}
