package io.belfry.store.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.Set;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/// One server, or the one that Sentinel names.
final class OneServer implements Servers {
  private static final Shard IT = new Shard("redis");

  private final LettuceConnectionFactory forCommands;
  private final LettuceConnectionFactory forListening;
  private final String description;
  private final int database;
  private final Runnable closing;

  OneServer(
      LettuceConnectionFactory forCommands,
      LettuceConnectionFactory forListening,
      String description,
      Runnable closing) {
    this.forCommands = forCommands;
    this.forListening = forListening;
    this.description = description;
    this.closing = closing;
    database = forCommands.getDatabase();
  }

  @Override
  public Commands connect() {
    var connection = client(forCommands).connect(ByteArrayCodec.INSTANCE);
    return new Commands(connection, connection.async());
  }

  @Override
  public StatefulRedisPubSubConnection<String, byte[]> listen(Shard shard) {
    return client(forListening)
        .connectPubSub(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
  }

  @Override
  public Set<Shard> shards() {
    return Set.of(IT);
  }

  @Override
  public Shard shardOf(String channel) {
    return IT;
  }

  @Override
  public void refresh() {}

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
    forListening.destroy();
    forCommands.destroy();
    closing.run();
  }

  private static RedisClient client(LettuceConnectionFactory factory) {
    return (RedisClient) factory.getRequiredNativeClient();
  }
}
