package io.belfry.store.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.NamedNode;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/// Makes [Servers] of the connection factory that Spring Boot made of `spring.data.redis.*`.
///
/// The clients are copies with the same settings: what is to happen to commands when a connection
/// is lost differs between the two uses of it.
final class RedisServers {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(3);

  private RedisServers() {}

  /// @param closing what is to be done once they are closed
  static Servers of(LettuceConnectionFactory spring, Runnable closing) {
    LettuceClientConfiguration client = spring.getClientConfiguration();
    RedisClusterConfiguration cluster = spring.getClusterConfiguration();
    if (cluster != null) {
      LettuceConnectionFactory commands = factory(cluster, client, clusterOptions(client));
      ClusterListening listening =
          ClusterListening.of(cluster, new WithOptions(client, forListening(client)));
      return new ClusterServers(commands, listening, description(spring), closing);
    }
    RedisSentinelConfiguration sentinel = spring.getSentinelConfiguration();
    RedisConfiguration configuration =
        sentinel != null ? sentinel : spring.getStandaloneConfiguration();
    return new OneServer(
        factory(configuration, client, forCommands(client)),
        factory(configuration, client, forListening(client)),
        nameOfMaster(sentinel),
        description(spring),
        closing);
  }

  /// Which servers these are, without what opens them.
  static String description(LettuceConnectionFactory spring) {
    RedisClusterConfiguration cluster = spring.getClusterConfiguration();
    RedisSentinelConfiguration sentinel = spring.getSentinelConfiguration();
    RedisStandaloneConfiguration standalone = spring.getStandaloneConfiguration();
    if (cluster != null) {
      return "the Cluster " + cluster.getClusterNodes();
    }
    return sentinel != null
        ? "the Sentinels " + sentinel.getSentinels()
        : standalone.getHostName() + ':' + standalone.getPort();
  }

  private static @Nullable String nameOfMaster(@Nullable RedisSentinelConfiguration sentinel) {
    NamedNode master = sentinel == null ? null : sentinel.getMaster();
    return master == null ? null : master.getName();
  }

  private static LettuceConnectionFactory factory(
      RedisConfiguration configuration, LettuceClientConfiguration client, ClientOptions options) {
    LettuceConnectionFactory factory =
        new LettuceConnectionFactory(configuration, new WithOptions(client, options));
    factory.afterPropertiesSet();
    factory.start();
    return factory;
  }

  // Comes back by itself; what was under way fails at once, and so does what is sent meanwhile.
  private static ClientOptions forCommands(LettuceClientConfiguration client) {
    return basic(client)
        .autoReconnect(true)
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .build();
  }

  // Ends for good: it is built anew, and listens again in portions.
  private static ClientOptions forListening(LettuceClientConfiguration client) {
    return basic(client).autoReconnect(false).build();
  }

  private static ClientOptions clusterOptions(LettuceClientConfiguration client) {
    return ClusterClientOptions.builder(forCommands(client))
        .topologyRefreshOptions(
            ClusterTopologyRefreshOptions.builder()
                .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                .enablePeriodicRefresh(Duration.ofSeconds(10))
                .build())
        .build();
  }

  private static ClientOptions.Builder basic(LettuceClientConfiguration client) {
    ClientOptions theirs = client.getClientOptions().orElseGet(ClientOptions::create);
    SocketOptions socket = theirs.getSocketOptions();
    Duration timeout = socket.getConnectTimeout();
    return theirs
        .mutate()
        .socketOptions(
            socket
                .mutate()
                .keepAlive(
                    SocketOptions.KeepAliveOptions.builder()
                        .enable()
                        .idle(Duration.ofSeconds(5))
                        .interval(Duration.ofSeconds(2))
                        .count(2)
                        .build())
                .connectTimeout(timeout.compareTo(CONNECT_TIMEOUT) < 0 ? timeout : CONNECT_TIMEOUT)
                .build());
  }

  /// The same configuration with other options.
  private record WithOptions(LettuceClientConfiguration client, ClientOptions options)
      implements LettuceClientConfiguration {
    @Override
    public boolean isUseSsl() {
      return client.isUseSsl();
    }

    @Override
    @SuppressWarnings("deprecation") // Spring still asks for it.
    public boolean isVerifyPeer() {
      return client.isVerifyPeer();
    }

    @Override
    public io.lettuce.core.SslVerifyMode getVerifyMode() {
      return client.getVerifyMode();
    }

    @Override
    public boolean isStartTls() {
      return client.isStartTls();
    }

    @Override
    public Optional<ClientResources> getClientResources() {
      return client.getClientResources();
    }

    @Override
    public Optional<ClientOptions> getClientOptions() {
      return Optional.of(options);
    }

    @Override
    public Optional<String> getClientName() {
      return client.getClientName();
    }

    @Override
    public Optional<io.lettuce.core.ReadFrom> getReadFrom() {
      return Optional.empty();
    }

    @Override
    public Optional<
            org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory>
        getRedisCredentialsProviderFactory() {
      return client.getRedisCredentialsProviderFactory();
    }

    @Override
    public Duration getCommandTimeout() {
      Duration theirs = client.getCommandTimeout();
      return theirs.compareTo(HANDSHAKE_TIMEOUT) < 0 ? theirs : HANDSHAKE_TIMEOUT;
    }

    @Override
    public Duration getShutdownTimeout() {
      return client.getShutdownTimeout();
    }

    @Override
    public Duration getShutdownQuietPeriod() {
      return client.getShutdownQuietPeriod();
    }
  }
}
