package io.belfry.store.redis;

import io.belfry.settings.BelfryProperties;
import io.belfry.settings.BelfryProperties.StoreKind;
import io.belfry.settings.ConditionalOnStore;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/// Makes the store where `belfry.store` is `redis`.
@Configuration(proxyBeanMethods = false)
@ConditionalOnStore(StoreKind.REDIS)
public class RedisStoreConfiguration {
  @Bean(destroyMethod = "close")
  RedisStore store(Environment environment, BelfryProperties settings) {
    SpringRedis spring = SpringRedis.of(environment);
    return RedisStore.open(
        RedisServers.of(spring.factory(), spring::close), settings.retention(), null);
  }
}
