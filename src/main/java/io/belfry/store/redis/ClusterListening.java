package io.belfry.store.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;

/// Connects to one master of a Cluster for listening, as `spring.data.redis.*` says. Such a
/// connection does not come back by itself.
///
/// Of what the masters say of each other only the addresses count: whether to use TLS, and with
/// which name and password, Lettuce keeps for itself.
final class ClusterListening implements AutoCloseable {
  private static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private final RedisClient lettuce;
  private final RedisClusterConfiguration cluster;
  private final LettuceClientConfiguration client;

  private ClusterListening(
      RedisClient lettuce, RedisClusterConfiguration cluster, LettuceClientConfiguration client) {
    this.lettuce = lettuce;
    this.cluster = cluster;
    this.client = client;
  }

  /// @param client with the options for listening
  static ClusterListening of(RedisClusterConfiguration cluster, LettuceClientConfiguration client) {
    RedisClient lettuce = RedisClient.create(client.getClientResources().orElseThrow());
    lettuce.setOptions(client.getClientOptions().orElseThrow());
    return new ClusterListening(lettuce, cluster, client);
  }

  /// Blocks.
  StatefulRedisPubSubConnection<String, byte[]> connect(RedisURI master) {
    RedisURI.Builder uri =
        RedisURI.builder()
            .withHost(master.getHost())
            .withPort(master.getPort())
            .withSsl(client.isUseSsl())
            .withVerifyPeer(client.getVerifyMode())
            .withStartTls(client.isStartTls())
            .withTimeout(client.getCommandTimeout());
    client.getClientName().ifPresent(uri::withClientName);
    authenticate(uri);
    return lettuce.connectPubSub(CODEC, uri.build());
  }

  // As Spring does it for commands.
  private void authenticate(RedisURI.Builder uri) {
    var providers = client.getRedisCredentialsProviderFactory();
    if (providers.isPresent()) {
      uri.withAuthentication(providers.get().createCredentialsProvider(cluster));
      return;
    }
    String username = cluster.getUsername();
    cluster
        .getPassword()
        .toOptional()
        .ifPresent(password -> {
          if (username == null) {
            uri.withPassword(password);
          } else {
            uri.withAuthentication(username, password);
          }
        });
  }

  @Override
  public void close() {
    lettuce.shutdown();
  }
}
