package io.belfry.store.redis;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.time.Duration;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;

/// What the store wants of Lettuce, whatever the settings are: to be back soon, and few writes.
final class ClientSettings implements ClientResourcesBuilderCustomizer {
  private static final Duration RECONNECT = Duration.ofMillis(200);
  private static final int FLUSHED_TOGETHER = 256;

  @Override
  public void customize(ClientResources.Builder resources) {
    resources.reconnectDelay(Delay.constant(RECONNECT)).nettyCustomizer(new OneWrite());
  }

  /// Commands that gather while others are written go into one write to the socket.
  private static final class OneWrite implements NettyCustomizer {
    @Override
    public void afterChannelInitialized(Channel channel) {
      channel.pipeline().addFirst(new FlushConsolidationHandler(FLUSHED_TOGETHER, true));
    }
  }
}
