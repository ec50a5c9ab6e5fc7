package io.belfry.store.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/// One server, or the one that Sentinel names.
final class OneServer implements Servers {
  private static final Shard IT = new Shard("redis");

  private final LettuceConnectionFactory forCommands;
  private final LettuceConnectionFactory forListening;
  private final String description;
  private final @Nullable SentinelWatch sentinels;
  private final int database;
  private final Runnable closing;

  /// @param master what the Sentinels call it; null where there are none
  OneServer(
      LettuceConnectionFactory forCommands,
      LettuceConnectionFactory forListening,
      @Nullable String master,
      String description,
      Runnable closing) {
    this.forCommands = forCommands;
    this.forListening = forListening;
    this.description = description;
    this.closing = closing;
    sentinels = master == null ? null : new SentinelWatch(client(forListening), master);
    database = forCommands.getDatabase();
  }

  @Override
  public Commands connect() {
    if (sentinels != null) {
      sentinels.ask();
    }
    Shard to = it();
    var connection = client(forCommands).connect(ByteArrayCodec.INSTANCE);
    return new Commands(connection, connection.async(), to);
  }

  @Override
  public StatefulRedisPubSubConnection<String, byte[]> listen(Shard shard) {
    return client(forListening)
        .connectPubSub(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
  }

  @Override
  public Set<Shard> shards() {
    return Set.of(it());
  }

  @Override
  public Shard shardOf(String channel) {
    return it();
  }

  @Override
  public void refresh() {}

  @Override
  public void tick() {
    if (sentinels != null) {
      sentinels.tick();
    }
  }

  // Keys are apart by database, but channels are not.
  @Override
  public String channel(String name) {
    return database == 0 ? name : name + '@' + database;
  }

  @Override
  public boolean isSharded() {
    return false;
  }

  @Override
  public boolean isOne() {
    return true;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void close() {
    if (sentinels != null) {
      sentinels.close();
    }
    forListening.destroy();
    forCommands.destroy();
    closing.run();
  }

  private Shard it() {
    return sentinels == null ? IT : sentinels.master();
  }

  private static RedisClient client(LettuceConnectionFactory factory) {
    return (RedisClient) factory.getRequiredNativeClient();
  }
}
