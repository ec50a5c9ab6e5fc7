package io.belfry.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.awaitility.Awaitility;

/// A real redis-server in a process of its own, on a free port of 127.0.0.1, with its data in a
/// directory of its own: the machine's, or the one of a test dependency.
public final class RedisServer implements AutoCloseable {
  private static final List<String> PATH =
      List.of(System.getenv().getOrDefault("PATH", "").split(":", -1));

  private final List<String> command;
  private final Path directory;
  private final int port;
  private final RedisClient client;
  private Process process;

  private RedisServer(String binary, Path directory, int port, List<String> settings) {
    this.directory = directory;
    this.port = port;
    this.command = new ArrayList<>();
    command.addAll(
        List.of(binary, "--port", Integer.toString(port), "--bind", "127.0.0.1", "--save", ""));
    command.addAll(List.of("--dir", directory.toAbsolutePath().toString()));
    command.addAll(settings);
    this.client = RedisClient.create(RedisURI.create("127.0.0.1", port));
    this.process = launch();
  }

  /// Starts one; `settings` as on redis-server's command line.
  public static RedisServer start(Path directory, String... settings) {
    return start(newest(directory), directory, settings);
  }

  /// Starts one that answers a write once it is on the disk.
  public static RedisServer durable(Path directory) {
    return start(directory, "--appendonly", "yes", "--appendfsync", "always");
  }

  /// Starts an old one, a 6.2.
  public static RedisServer oldest(Path directory) {
    return start(bundled(directory), directory);
  }

  private static RedisServer start(String binary, Path directory, String... settings) {
    RedisServer server = new RedisServer(binary, directory, Ports.free(), List.of(settings));
    server.awaitReady();
    return server;
  }

  public int port() {
    return port;
  }

  /// As `spring.data.redis.url` wants it.
  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /// Asks it something, on a connection of its own.
  public <T> T ask(Function<RedisCommands<String, String>, T> question) {
    try (var connection = client.connect()) {
      return question.apply(connection.sync());
    }
  }

  /// Ends it as `kill -9` does.
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /// Stops it in its tracks, as SIGSTOP does.
  public void pause() {
    Signals.send("STOP", process);
  }

  /// Lets it go on.
  public void resume() {
    Signals.send("CONT", process);
  }

  /// Starts it again, with the data that it has on the disk.
  public void restart() {
    process = launch();
    awaitReady();
  }

  @Override
  public void close() {
    kill();
    client.close();
  }

  private Process launch() {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("redis.log").toFile()))
          .start();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private void awaitReady() {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions()
        .until(() -> ask(RedisCommands::ping).equals("PONG"));
  }

  private static String newest(Path directory) {
    for (String folder : PATH) {
      for (String name : List.of("redis-server", "valkey-server")) {
        Path binary = Path.of(folder, name);
        if (Files.isExecutable(binary)) {
          return binary.toString();
        }
      }
    }
    return bundled(directory);
  }

  private static String bundled(Path directory) {
    boolean isArm = System.getProperty("os.arch").equals("aarch64");
    boolean isMac = System.getProperty("os.name").startsWith("Mac");
    String name =
        isMac
            ? (isArm ? "redis-server-6.2.6-v5-darwin-arm64" : "redis-server-6.2.6-v5-darwin-amd64")
            : (isArm ? "redis-server-6.2.7-linux-arm64" : "redis-server-6.2.6-v5-linux-amd64");
    Path binary = directory.resolve(name);
    try (InputStream in = RedisServer.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IllegalStateException("there is no redis-server for this machine");
      }
      Files.copy(in, binary);
      Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwx------"));
      return binary.toString();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
