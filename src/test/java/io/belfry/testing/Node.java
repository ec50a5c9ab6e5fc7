package io.belfry.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// A node in a process of its own: the jar, as users start it.
public final class Node implements AutoCloseable {
  private static final Path JAR = Path.of("target", "belfry.jar");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Path directory;
  private final int port;
  private final Map<String, String> environment;
  private final List<String> settings;
  private Process process;

  private Node(Path directory, int port, Map<String, String> environment, List<String> settings) {
    this.directory = directory;
    this.port = port;
    this.environment = environment;
    this.settings = settings;
    this.process = launch();
  }

  /// Starts a node that keeps its data in `directory`, on a free port, and waits until it is ready.
  public static Node start(Path directory, String... settings) {
    return start(directory, Map.of(), settings);
  }

  /// Starts one whose process has these variables beside its own.
  public static Node start(Path directory, Map<String, String> environment, String... settings) {
    Node node = new Node(directory, Ports.free(), environment, List.of(settings));
    try {
      node.awaitReady();
    } catch (RuntimeException | AssertionError failed) {
      node.kill();
      throw failed;
    }
    return node;
  }

  /// Ends it as `kill -9` does.
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /// Tells it to go, as SIGTERM does. Does not wait.
  public void terminate() {
    process.destroy();
  }

  /// Waits until it has ended by itself.
  public void awaitEnd() {
    process.onExit().orTimeout(1, TimeUnit.MINUTES).join();
  }

  /// Stops it in its tracks, as SIGSTOP does: its sockets stay open and nobody is behind them.
  public void pause() {
    Signals.send("STOP", process);
  }

  /// Lets it go on.
  public void resume() {
    Signals.send("CONT", process);
  }

  /// Starts it again, in the same place, and waits until it is ready.
  public void restart() {
    process = launch();
    awaitReady();
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  public int port() {
    return port;
  }

  public URI webSocket() {
    return URI.create("ws://127.0.0.1:" + port + "/ws");
  }

  public Path directory() {
    return directory;
  }

  /// The process's id.
  public long pid() {
    return process.pid();
  }

  /// Pushes as a service does.
  ///
  /// @throws IOException where the node is away
  public HttpResponse<String> push(String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(10))
            .header("Authorization", "Bearer " + TestTokens.push())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  /// Asks as `token` says.
  public HttpResponse<String> get(String path, String token)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + token).build();
    return HTTP.send(request, BodyHandlers.ofString());
  }

  /// Deletes as `token` says, and answers the status.
  public int delete(String path, String token) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri(path))
            .header("Authorization", "Bearer " + token)
            .DELETE()
            .build();
    return HTTP.send(request, BodyHandlers.discarding()).statusCode();
  }

  private Process launch() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Nodes of tests live for seconds: what is compiled well is compiled in vain.
    command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("-jar");
    command.add(JAR.toAbsolutePath().toString());
    command.add("--server.port=" + port);
    command.add("--belfry.auth.secret=" + TestTokens.SECRET);
    command.add("--belfry.data-dir=" + directory.resolve("data").toAbsolutePath());
    command.addAll(settings);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("node.log").toFile()));
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private void awaitReady() {
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .ignoreExceptions()
        .until(() -> {
          if (!process.isAlive()) {
            throw new AssertionError("the node ended; see " + directory.resolve("node.log"));
          }
          return get("/actuator/health/readiness", "none").statusCode() != 503;
        });
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      kill();
    }
  }
}
