package io.belfry.store.redis;

import io.belfry.core.log.StoreUnavailableException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The connection that commands go over: one for the whole node, or one to each master of a
/// Cluster. Commands are pipelined. While it is away they fail at once, and so do those that were
/// under way: whoever sent one decides whether to send it again. One that lives but does not
/// answer, as after a machine or a network has gone without a word, is replaced by a new one, and
/// so is one to a server that is the master no more.
final class Link {
  /// How long anything may take.
  static final long PATIENCE_MILLIS = 4_000;

  // Longer than that: what was sent before is given up when the connection is.
  private static final long STUCK_NANOS = (PATIENCE_MILLIS + 200) * 1_000_000;
  private static final long RETRY_NANOS = 300_000_000L;
  private static final byte[] SERVERS_OWN_TIME = {};

  private static final Logger LOGGER = LoggerFactory.getLogger(Link.class);

  private final Servers servers;
  private final ConcurrentLinkedQueue<Probe> probes = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean renewing = new AtomicBoolean();
  private volatile Servers.Commands current;
  // Whether the current one was closed, and a new one is wanted.
  private volatile boolean gone;
  private volatile boolean closed;
  // Of the thread that ticks.
  private long renewAt = System.nanoTime();
  private final @Nullable InstantSource clock;
  private final boolean sharded;

  private record Probe(CompletableFuture<?> answer, long sentNanos) {
    /// Answered, or refused at once; not if Lettuce itself gave up waiting.
    boolean isOver() {
      return answer.isDone()
          && !(answer.state() == Future.State.FAILED
              && Failures.unwrapped(answer.exceptionNow()) instanceof RedisCommandTimeoutException);
    }
  }

  /// Connects. Blocks, and throws Lettuce's own exceptions where it cannot.
  ///
  /// @param clock for tests that move time; null: the server's own
  static Link connect(Servers servers, @Nullable InstantSource clock) {
    Servers.Commands commands = servers.connect();
    return new Link(servers, commands, clock);
  }

  private Link(Servers servers, Servers.Commands commands, @Nullable InstantSource clock) {
    this.servers = servers;
    this.current = commands;
    this.clock = clock;
    this.sharded = servers.isSharded();
  }

  /// What a script takes as the time.
  byte[] now() {
    return clock == null ? SERVERS_OWN_TIME : bytes(clock.millis());
  }

  /// The time as this node sees it, in milliseconds.
  long millis() {
    return clock == null ? System.currentTimeMillis() : clock.millis();
  }

  /// Whether this moment, in milliseconds, has passed for a store that is told the time; else what
  /// expires is the server's business.
  boolean isPast(long millis) {
    return clock != null && clock.millis() >= millis;
  }

  /// What a channel of this name is called there.
  byte[] channel(String name) {
    return LogKeys.bytes(servers.channel(name));
  }

  /// The command that rings.
  byte[] publish() {
    return LogKeys.bytes(sharded ? "SPUBLISH" : "PUBLISH");
  }

  /// Whether bells are rung by `SPUBLISH`.
  boolean isSharded() {
    return sharded;
  }

  /// Whether one script may touch all logs.
  boolean isOneServer() {
    return servers.isOne();
  }

  /// Sends a command. Does not block.
  <T> CompletableFuture<T> send(
      Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
    try {
      return command.apply(current.commands()).toCompletableFuture();
    } catch (RuntimeException closed) {
      return CompletableFuture.failedFuture(closed);
    }
  }

  /// Rings on this channel. Does not block; the answer is how many have heard it.
  CompletableFuture<Long> publish(byte[] channel, byte[] message) {
    return send(c -> sharded ? c.spublish(channel, message) : c.publish(channel, message));
  }

  /// The same, and where it is not answered the connection is replaced.
  void probe(byte[] channel, byte[] message) {
    probes.add(new Probe(publish(channel, message), System.nanoTime()));
  }

  /// Called some twenty times a second, on one thread: replaces a connection that does not answer,
  /// or leads to who is the master no more.
  void tick() {
    Probe oldest = probes.peek();
    while (oldest != null && oldest.isOver()) {
      probes.poll();
      oldest = probes.peek();
    }
    long now = System.nanoTime();
    if (oldest != null && now - oldest.sentNanos() >= STUCK_NANOS) {
      LOGGER.warn("A connection to Redis is not answered: it is built anew");
      leave();
    }
    Servers.Shard to = current.to();
    if (!gone && to != null && !servers.shards().contains(to)) {
      LOGGER.info("Redis's master is another one now");
      leave();
    }
    if (gone && now - renewAt >= 0 && renewing.compareAndSet(false, true)) {
      renewAt = now + RETRY_NANOS;
      Thread.ofVirtual().name("belfry-link").start(this::renew);
    }
  }

  /// From now on nothing is replaced any more.
  void close() {
    closed = true;
  }

  // All that waits on it fails, and what is sent fails at once.
  private void leave() {
    probes.clear();
    gone = true;
    var ignored = current.connection().closeAsync();
  }

  private void renew() {
    try {
      Servers.Commands fresh = servers.connect();
      current = fresh;
      gone = false;
      if (closed) {
        var ignored = fresh.connection().closeAsync();
      }
    } catch (RuntimeException away) {
      LOGGER.debug("Redis cannot be reached anew yet", away);
    } finally {
      renewing.set(false);
    }
  }

  /// Runs a script that answers a list. Does not block.
  CompletableFuture<List<Object>> run(Script script, byte[][] keys, byte[]... arguments) {
    CompletableFuture<List<Object>> known =
        send(c -> c.<List<Object>>evalsha(script.sha(), ScriptOutputType.MULTI, keys, arguments));
    return known.exceptionallyCompose(failure ->
        Failures.unwrapped(failure) instanceof RedisNoScriptException
            ? send(
                c -> c.<List<Object>>eval(script.text(), ScriptOutputType.MULTI, keys, arguments))
            : CompletableFuture.failedFuture(failure));
  }

  /// Waits for what was sent. Blocks.
  ///
  /// @throws StoreUnavailableException where it cannot be had now
  static <T> T await(CompletableFuture<T> sent) {
    try {
      return sent.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException failure) {
      throw Failures.translated(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw Failures.unavailable(interrupted);
    }
  }

  static byte[] bytes(long number) {
    return LogKeys.bytes(Long.toString(number));
  }
}
