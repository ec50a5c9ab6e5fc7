package io.belfry.store.redis;

import io.belfry.core.log.Retention;
import io.belfry.testing.RedisServer;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/// Opens stores as the application does, but for Spring.
final class OpenStores {
  private static final ClientResources RESOURCES = resources();

  private OpenStores() {}

  static RedisStore open(RedisServer server, Retention retention, @Nullable InstantSource clock) {
    return open(new RedisStandaloneConfiguration("127.0.0.1", server.port()), retention, clock);
  }

  static RedisStore open(
      RedisConfiguration configuration, Retention retention, @Nullable InstantSource clock) {
    return RedisStore.open(servers(configuration), retention, clock);
  }

  static Servers servers(RedisConfiguration configuration) {
    LettuceClientConfiguration client =
        LettuceClientConfiguration.builder().clientResources(RESOURCES).build();
    // As Spring Boot does it.
    LettuceConnectionFactory spring =
        switch (configuration) {
          case RedisClusterConfiguration cluster -> new LettuceConnectionFactory(cluster, client);
          case RedisStandaloneConfiguration one -> new LettuceConnectionFactory(one, client);
          default -> throw new IllegalArgumentException();
        };
    return RedisServers.of(spring, () -> {});
  }

  private static ClientResources resources() {
    var builder = DefaultClientResources.builder();
    new ClientSettings().customize(builder);
    return builder.build();
  }
}
