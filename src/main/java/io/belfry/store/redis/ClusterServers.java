package io.belfry.store.redis;

import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/// The masters of a Cluster. From Redis 7 on a bell is published on its log's shard alone, and each
/// shard is listened to on a connection of its own; before, any one of them tells of all.
final class ClusterServers implements Servers {
  private static final long REFRESH_NANOS = 500_000_000L;
  private static final Shard ANY = new Shard("any");

  private final LettuceConnectionFactory factory;
  private final ClusterListening listening;
  private final String description;
  private final Runnable closing;
  private volatile boolean sharded;
  private volatile long refreshedAt = System.nanoTime();

  ClusterServers(
      LettuceConnectionFactory factory,
      ClusterListening listening,
      String description,
      Runnable closing) {
    this.factory = factory;
    this.listening = listening;
    this.description = description;
    this.closing = closing;
  }

  @Override
  public Commands connect() {
    StatefulRedisClusterConnection<byte[], byte[]> connection =
        client().connect(ByteArrayCodec.INSTANCE);
    List<Object> known = connection.sync().commandInfo("spublish");
    sharded = known.stream().anyMatch(ClusterServers::isCommand);
    return new Commands(connection, connection.async(), null);
  }

  @Override
  public StatefulRedisPubSubConnection<String, byte[]> listen(Shard shard) {
    RedisClusterNode node =
        shard.equals(ANY)
            ? masters().getFirst()
            : client().getPartitions().getPartitionByNodeId(shard.name());
    if (node == null) {
      throw new IllegalStateException("there is no master " + shard.name());
    }
    return listening.connect(node.getUri());
  }

  @Override
  public Set<Shard> shards() {
    return sharded
        ? masters().stream().map(node -> new Shard(node.getNodeId())).collect(Collectors.toSet())
        : Set.of(ANY);
  }

  @Override
  public Shard shardOf(String channel) {
    if (!sharded) {
      return ANY;
    }
    RedisClusterNode node = client().getPartitions().getPartitionBySlot(SlotHash.getSlot(channel));
    if (node == null) {
      throw new IllegalStateException("nobody serves the slot of " + channel);
    }
    return new Shard(node.getNodeId());
  }

  @Override
  public void refresh() {
    long now = System.nanoTime();
    if (now - refreshedAt > REFRESH_NANOS) {
      refreshedAt = now;
      var ignored = client().refreshPartitionsAsync();
    }
  }

  @Override
  public String channel(String name) {
    return name;
  }

  @Override
  public boolean isSharded() {
    return sharded;
  }

  @Override
  public boolean isOne() {
    return false;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void close() {
    listening.close();
    factory.destroy();
    closing.run();
  }

  private List<RedisClusterNode> masters() {
    return client().getPartitions().stream()
        .filter(node -> node.getRole().isUpstream() && !node.hasNoSlots())
        .toList();
  }

  private RedisClusterClient client() {
    return (RedisClusterClient) factory.getRequiredNativeClient();
  }

  // An unknown command is answered by null.
  private static boolean isCommand(Object info) {
    return info instanceof List<?> parts
        && !parts.isEmpty()
        && String.valueOf(
                parts.getFirst() instanceof byte[] b ? EntryCodec.text(b) : parts.getFirst())
            .toLowerCase(Locale.ROOT)
            .equals("spublish");
  }
}
