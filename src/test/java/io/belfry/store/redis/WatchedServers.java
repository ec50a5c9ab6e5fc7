package io.belfry.store.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/// A real Redis, each of whose commands a test sees before it is sent.
final class WatchedServers {
  private WatchedServers() {}

  /// @param watcher is called with a command's name, and may throw instead of having it sent
  static Servers of(Servers real, Consumer<String> watcher) {
    Servers.Commands commands = real.connect();
    Object watched =
        Proxy.newProxyInstance(
            WatchedServers.class.getClassLoader(),
            new Class<?>[] {RedisClusterAsyncCommands.class},
            (proxy, method, arguments) -> {
              watcher.accept(method.getName());
              return method.invoke(commands.commands(), arguments);
            });
    return (Servers)
        Proxy.newProxyInstance(
            WatchedServers.class.getClassLoader(),
            new Class<?>[] {Servers.class},
            (proxy, method, arguments) ->
                method.getName().equals("connect")
                    ? new Servers.Commands(commands.connection(), commands(watched), commands.to())
                    : method.invoke(real, arguments));
  }

  @SuppressWarnings("unchecked")
  private static RedisClusterAsyncCommands<byte[], byte[]> commands(Object watched) {
    return (RedisClusterAsyncCommands<byte[], byte[]>) watched;
  }
}
