package io.belfry.store.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.Collection;
import java.util.List;

/// One listening connection: it lives until it is lost or found to be deaf, and another one takes
/// its place.
final class Ear extends RedisPubSubAdapter<String, byte[]> {
  /// What an ear tells, on the connection's own thread, in the order of the server.
  interface Listener {
    void heard(Ear ear, String channel, byte[] message);

    void confirmed(Ear ear, String channel);

    void ended(Ear ear, String channel);

    /// The server does not take it: on a Cluster, another one serves its slot.
    void refused(Ear ear, String channel);
  }

  // So many channels a command that pushes get their turn between.
  private static final int CHANNELS_A_COMMAND = 500;

  private final Servers.Shard shard;
  private final StatefulRedisPubSubConnection<String, byte[]> connection;
  private final boolean sharded;
  private final Listener listener;
  private final String probe;
  private volatile long heardNanos = System.nanoTime();
  private volatile boolean hears;

  /// @param probe the channel on which this node rings for itself to know that it hears
  Ear(
      Servers.Shard shard,
      StatefulRedisPubSubConnection<String, byte[]> connection,
      boolean sharded,
      Listener listener,
      String probe) {
    this.shard = shard;
    this.connection = connection;
    this.sharded = sharded;
    this.listener = listener;
    this.probe = probe;
  }

  void open() {
    connection.addListener(this);
    var ignored = subscribe(probe);
  }

  Servers.Shard shard() {
    return shard;
  }

  String probe() {
    return probe;
  }

  /// Begins to listen to these. Does not block; each is confirmed by itself.
  void listen(Collection<Hearing> hearings) {
    List<String> channels = hearings.stream().map(Hearing::channel).toList();
    for (int i = 0; i < channels.size(); i += CHANNELS_A_COMMAND) {
      List<String> some = channels.subList(i, Math.min(channels.size(), i + CHANNELS_A_COMMAND));
      if (sharded) {
        // One slot a command is what a Cluster takes.
        some.forEach(channel -> {
          var ignored =
              subscribe(channel)
                  .exceptionally(refusal -> {
                    listener.refused(this, channel);
                    return null;
                  });
        });
      } else {
        var ignored = subscribe(some.toArray(String[]::new));
      }
    }
  }

  /// Ends listening to it. Does not block.
  void end(Hearing hearing) {
    var ignored =
        sharded
            ? connection.async().sunsubscribe(hearing.channel())
            : connection.async().unsubscribe(hearing.channel());
  }

  boolean isOpen() {
    return connection.isOpen();
  }

  /// Whether a probe has come back, and so long ago at most.
  boolean hasHeard(long withinNanos) {
    return hears && System.nanoTime() - heardNanos < withinNanos;
  }

  /// Whether it has heard nothing for so long.
  boolean isDeaf(long nanos) {
    return System.nanoTime() - heardNanos >= nanos;
  }

  void close() {
    var ignored = connection.closeAsync();
  }

  /// The same, and returns once it is closed. Blocks.
  void closeAndWait() {
    connection.close();
  }

  @Override
  public void message(String channel, byte[] message) {
    if (channel.equals(probe)) {
      heardNanos = System.nanoTime();
      hears = true;
    } else {
      listener.heard(this, channel, message);
    }
  }

  @Override
  public void smessage(String channel, byte[] message) {
    message(channel, message);
  }

  @Override
  public void subscribed(String channel, long count) {
    if (!channel.equals(probe)) {
      listener.confirmed(this, channel);
    }
  }

  @Override
  public void ssubscribed(String channel, long count) {
    subscribed(channel, count);
  }

  @Override
  public void unsubscribed(String channel, long count) {
    if (channel.equals(probe)) {
      // Its slot has moved: a probe on another one is needed, on a new connection.
      close();
    } else {
      listener.ended(this, channel);
    }
  }

  @Override
  public void sunsubscribed(String channel, long count) {
    unsubscribed(channel, count);
  }

  private RedisFuture<Void> subscribe(String... channels) {
    return sharded
        ? connection.async().ssubscribe(channels)
        : connection.async().subscribe(channels);
  }
}
