package io.belfry.store.redis;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/// Of what Spring Boot would configure for Redis, only the connection, and that only where
/// `belfry.store` is `redis`: with the embedded store nothing of Redis starts, and the store itself
/// says whether it is up.
final class RedisAutoConfigurations implements AutoConfigurationImportFilter, EnvironmentAware {
  private static final String MODULE = "org.springframework.boot.data.redis.";
  private static final String CONNECTION = MODULE + "autoconfigure.DataRedisAutoConfiguration";

  private boolean isRedis;

  @Override
  public void setEnvironment(Environment environment) {
    isRedis = "redis".equalsIgnoreCase(environment.getProperty("belfry.store", "embedded").strip());
  }

  @Override
  public boolean[] match(
      @Nullable String[] candidates, AutoConfigurationMetadata autoConfigurationMetadata) {
    boolean[] matches = new boolean[candidates.length];
    for (int i = 0; i < candidates.length; i++) {
      String candidate = candidates[i];
      matches[i] =
          candidate == null
              || !candidate.startsWith(MODULE)
              || (isRedis && candidate.equals(CONNECTION));
    }
    return matches;
  }
}
