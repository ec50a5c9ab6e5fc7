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
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/// A real redis-server in a process of its own, on a free port of 127.0.0.1, with its data in a
/// directory of its own: the one that the system property `redis.server` names, by its path or as
/// it is called on the `PATH`, else the machine's, else the one of a test dependency.
public final class RedisServer implements AutoCloseable {
  private static final List<String> PATH =
      List.of(System.getenv().getOrDefault("PATH", "").split(":", -1));

  private final List<String> command;
  private final Map<String, String> environment;
  private final Path directory;
  private final int port;
  private final RedisClient client;
  private Process process;

  private RedisServer(
      List<String> command,
      Map<String, String> environment,
      Path directory,
      int port,
      String password) {
    this.directory = directory;
    this.port = port;
    this.command = command;
    this.environment = environment;
    RedisURI.Builder uri = RedisURI.builder().withHost("127.0.0.1").withPort(port);
    if (!password.isEmpty()) {
      uri.withPassword(password.toCharArray());
    }
    this.client = RedisClient.create(uri.build());
    this.process = launch();
  }

  /// Starts one; `settings` as on redis-server's command line.
  public static RedisServer start(Path directory, String... settings) {
    return start(newest(directory), Map.of(), directory, settings);
  }

  /// Starts one that answers a write once it is on the disk.
  public static RedisServer durable(Path directory) {
    return durable(directory, Map.of());
  }

  /// Starts such a one, whose process has these variables beside its own.
  public static RedisServer durable(Path directory, Map<String, String> environment) {
    return start(
        newest(directory),
        environment,
        directory,
        "--appendonly",
        "yes",
        "--appendfsync",
        "always");
  }

  /// Starts an old one, a 6.2.
  public static RedisServer oldest(Path directory) {
    return start(bundled(directory), Map.of(), directory);
  }

  /// Starts a Sentinel that watches this master and fails over alone, in as little time as may be.
  ///
  /// @param password of all of them
  public static RedisServer sentinel(
      Path directory, String name, RedisServer master, String password) {
    int port = Ports.free();
    Path settings = directory.resolve("sentinel.conf");
    try {
      Files.write(
          settings,
          List.of(
              "port " + port,
              "bind 127.0.0.1",
              "dir " + directory.toAbsolutePath(),
              "requirepass " + password,
              "sentinel monitor " + name + " 127.0.0.1 " + master.port + " 1",
              "sentinel auth-pass " + name + " " + password,
              "sentinel down-after-milliseconds " + name + " 1000",
              "sentinel failover-timeout " + name + " 5000"));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    List<String> command =
        List.of(newest(directory), settings.toAbsolutePath().toString(), "--sentinel");
    return started(new RedisServer(command, Map.of(), directory, port, password));
  }

  private static RedisServer start(
      String binary, Map<String, String> environment, Path directory, String... settings) {
    int port = Ports.free();
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(binary, "--port", Integer.toString(port), "--bind", "127.0.0.1", "--save", ""));
    command.addAll(List.of("--dir", directory.toAbsolutePath().toString()));
    command.addAll(List.of(settings));
    int password = command.indexOf("--requirepass") + 1;
    return started(
        new RedisServer(
            command, environment, directory, port, password == 0 ? "" : command.get(password)));
  }

  private static RedisServer started(RedisServer server) {
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

  /// How often each command was called, those that scripts called among them.
  public Map<String, Long> calls() {
    String stats = ask(r -> r.info("commandstats"));
    return stats
        .lines()
        .filter(line -> line.startsWith("cmdstat_"))
        .collect(
            Collectors.toMap(
                line -> line.substring("cmdstat_".length(), line.indexOf(":calls=")),
                line -> Long.parseLong(line.substring(line.indexOf('=') + 1, line.indexOf(',')))));
  }

  /// How often since then, those that were not called left out.
  public Map<String, Long> callsSince(Map<String, Long> before) {
    Map<String, Long> since = new TreeMap<>();
    calls()
        .forEach((command, count) -> {
          long more = count - before.getOrDefault(command, 0L);
          if (more > 0) {
            since.put(command, more);
          }
        });
    return since;
  }

  /// Has this Sentinel give the master's place to a replica, though the master lives.
  public void failOver(String name) {
    try (var connection = client.connectSentinel()) {
      connection.sync().failover(name);
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
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("redis.log").toFile()));
    builder.environment().putAll(environment);
    try {
      return builder.start();
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
    String named = System.getProperty("redis.server", "");
    if (!named.isBlank()) {
      return named;
    }
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
