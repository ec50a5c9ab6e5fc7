package io.belfry.store.redis;

import io.belfry.settings.BelfryProperties;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/// Makes the store where `belfry.store` is `redis`.
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "belfry.store", havingValue = "redis")
class RedisStoreConfiguration {
  @Bean(destroyMethod = "close")
  RedisStore store(Environment environment, BelfryProperties settings) {
    SpringRedis spring = SpringRedis.of(environment);
    return RedisStore.open(
        RedisServers.of(spring.factory(), spring::close), settings.retention(), null);
  }
}
