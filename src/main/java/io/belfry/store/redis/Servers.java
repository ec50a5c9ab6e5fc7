package io.belfry.store.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The servers that a node talks to: one (or the one that Sentinel names), or the masters of a
/// Cluster.
interface Servers extends AutoCloseable {
  /// One of them as far as listening goes: a server, or one master of a Cluster.
  ///
  /// @param name what tells it from the others; another one, where Sentinel names another master
  record Shard(String name) {}

  /// A connection for commands.
  ///
  /// @param to whom it was meant for: to be left once that is none of the shards; null: for all
  record Commands(
      StatefulConnection<byte[], byte[]> connection,
      RedisClusterAsyncCommands<byte[], byte[]> commands,
      @Nullable Shard to) {}

  /// Connects for commands. Such a connection comes back by itself. Blocks, and throws Lettuce's
  /// own exceptions where it cannot.
  Commands connect();

  /// Connects for listening, to one of them. Such a connection does not come back by itself.
  /// Blocks.
  StatefulRedisPubSubConnection<String, byte[]> listen(Shard shard);

  /// Where to listen, as far as it is known now.
  Set<Shard> shards();

  /// Where to listen to this channel.
  ///
  /// @throws RuntimeException where nobody serves it now
  Shard shardOf(String channel);

  /// Finds out anew who serves what. Does not block.
  void refresh();

  /// Called some twenty times a second, on one thread. Does not block.
  default void tick() {}

  /// What a channel of this name is called there.
  String channel(String name);

  /// Whether the servers publish a bell only where its log is (`SPUBLISH`).
  boolean isSharded();

  /// Whether all logs are on one server, so that one script may append to several.
  boolean isOne();

  /// For people: where they are.
  String description();

  @Override
  void close();
}
