package io.belfry.store.redis;

import io.belfry.core.log.StoreUnavailableException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The connection that commands go over: one for the whole node, or one to each master of a
/// Cluster. Commands are pipelined. While it is away they fail at once, and so do those that were
/// under way: whoever sent one decides whether to send it again.
final class Link {
  /// How long anything may take.
  static final long PATIENCE_MILLIS = 4_000;

  private static final byte[] SERVERS_OWN_TIME = {};

  private final RedisClusterAsyncCommands<byte[], byte[]> commands;
  private final @Nullable InstantSource clock;
  private final boolean sharded;

  /// @param clock for tests that move time; null: the server's own
  /// @param sharded whether bells are rung by `SPUBLISH`
  Link(
      RedisClusterAsyncCommands<byte[], byte[]> commands,
      @Nullable InstantSource clock,
      boolean sharded) {
    this.commands = commands;
    this.clock = clock;
    this.sharded = sharded;
  }

  /// What a script takes as the time.
  byte[] now() {
    return clock == null ? SERVERS_OWN_TIME : bytes(clock.millis());
  }

  /// The time as this node sees it, in milliseconds.
  long millis() {
    return clock == null ? System.currentTimeMillis() : clock.millis();
  }

  /// The command that rings.
  byte[] publish() {
    return LogKeys.bytes(sharded ? "SPUBLISH" : "PUBLISH");
  }

  boolean isSharded() {
    return sharded;
  }

  /// Sends a command. Does not block.
  <T> CompletableFuture<T> send(
      Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
    try {
      return command.apply(commands).toCompletableFuture();
    } catch (RuntimeException closed) {
      return CompletableFuture.failedFuture(closed);
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
