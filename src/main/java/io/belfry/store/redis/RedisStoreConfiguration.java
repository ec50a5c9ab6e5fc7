package io.belfry.store.redis;

import io.belfry.settings.BelfryProperties;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.time.Duration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/// Makes the store where `belfry.store` is `redis`.
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "belfry.store", havingValue = "redis")
class RedisStoreConfiguration {
  private static final Duration RECONNECT = Duration.ofMillis(200);
  private static final int FLUSHED_TOGETHER = 256;

  @Bean(destroyMethod = "close")
  RedisStore store(LettuceConnectionFactory spring, BelfryProperties settings) {
    return RedisStore.open(RedisServers.of(spring), settings.retention(), null);
  }

  @Bean
  ClientResourcesBuilderCustomizer redisResources() {
    return resources ->
        resources.reconnectDelay(Delay.constant(RECONNECT)).nettyCustomizer(new OneWrite());
  }

  /// Commands that gather while others are written go into one write to the socket.
  static final class OneWrite implements NettyCustomizer {
    @Override
    public void afterChannelInitialized(Channel channel) {
      channel.pipeline().addFirst(new FlushConsolidationHandler(FLUSHED_TOGETHER, true));
    }
  }
}
