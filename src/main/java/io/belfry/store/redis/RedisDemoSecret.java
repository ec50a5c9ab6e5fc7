package io.belfry.store.redis;

import io.belfry.settings.BelfryProperties.StoreKind;
import io.belfry.settings.DemoSecrets;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

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
    try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
      context.setEnvironment((ConfigurableEnvironment) environment);
      context.register(SslAutoConfiguration.class, DataRedisAutoConfiguration.class);
      context.refresh();
      LettuceConnectionFactory factory = context.getBean(LettuceConnectionFactory.class);
      try (RedisConnection connection = factory.getConnection()) {
        return secret(connection);
      }
    }
  }

  private static String secret(RedisConnection connection) {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    byte[] made = LogKeys.bytes(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    var strings = connection.stringCommands();
    var ignored = strings.setNX(KEY, made);
    byte[] kept = strings.get(KEY);
    if (kept == null || kept.length < BYTES) {
      throw new IllegalStateException("Redis has not kept the demo's secret.");
    }
    return new String(kept, StandardCharsets.US_ASCII);
  }
}
