package io.belfry.store.embedded;

import io.belfry.settings.BelfryProperties;
import io.belfry.settings.BelfryProperties.StoreKind;
import io.belfry.settings.ConditionalOnStore;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Makes the store where `belfry.store` is `embedded`, or says nothing.
@Configuration(proxyBeanMethods = false)
@ConditionalOnStore(StoreKind.EMBEDDED)
public class EmbeddedStoreConfiguration {
  @Bean(destroyMethod = "close")
  EmbeddedStore store(BelfryProperties settings) {
    return EmbeddedStore.open(settings.dataDir(), settings.retention(), Clock.systemUTC());
  }
}
