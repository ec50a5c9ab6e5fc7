package io.belfry.store.redis;

import io.belfry.settings.BelfryProperties.StoreKind;
import io.belfry.settings.DemoSecrets;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.SetCondition;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.types.Expiration;

/// The demo's secret beside the store on Redis, so that all nodes agree. The first one that asks
/// makes it.
final class RedisDemoSecret implements DemoSecrets {
  private static final byte[] KEY = LogKeys.bytes(LogKeys.PREFIX + "{demo}:secret");
  private static final int BYTES = 32;

  @Override
  public boolean isFor(StoreKind store) {
    return store == StoreKind.REDIS;
  }

  // On a connection of its own: the `token` command has no store.
  @Override
  public String secret(Environment environment) {
    try (SpringRedis spring = SpringRedis.of(environment)) {
      return secret(spring.factory());
    }
  }

  @Override
  public String description(Environment environment) {
    try (SpringRedis spring = SpringRedis.of(environment)) {
      return "the demo's secret in Redis at " + RedisServers.description(spring.factory());
    }
  }

  private static String secret(LettuceConnectionFactory redis) {
    try (RedisConnection connection = redis.getConnection()) {
      return secret(connection);
    } catch (DataAccessException failure) {
      throw new IllegalStateException(
          "The demo's secret cannot be asked of Redis at "
              + RedisServers.description(redis)
              + ": "
              + Failures.innermost(failure)
              + ".",
          failure);
    }
  }

  private static String secret(RedisConnection connection) {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    byte[] made = LogKeys.bytes(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    var strings = connection.stringCommands();
    var ignored = strings.set(KEY, made, SetCondition.ifAbsent(), Expiration.persistent());
    byte[] kept = strings.get(KEY);
    if (kept == null || kept.length < BYTES) {
      throw new IllegalStateException("Redis has not kept the demo's secret.");
    }
    return new String(kept, StandardCharsets.US_ASCII);
  }
}
