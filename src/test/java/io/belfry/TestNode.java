package io.belfry;

import io.belfry.security.TokenSigner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/// A whole node on a free port, with a store and a secret of its own, and an HTTP client for it.
public final class TestNode implements AutoCloseable {
  public static final String SECRET = "a-secret-for-tests-of-more-than-32-bytes";

  private final ServletWebServerApplicationContext context;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private TestNode(ServletWebServerApplicationContext context) {
    this.context = context;
  }

  /// Starts a node.
  ///
  /// @param data where it keeps its store
  /// @param settings more of them, as `belfry.limits.body=1KB`
  public static TestNode start(Path data, String... settings) {
    return start(List.of(), data, settings);
  }

  /// Starts a node with more beans than it has by itself.
  public static TestNode start(List<Class<?>> more, Path data, String... settings) {
    List<String> withSecret = new ArrayList<>(List.of(settings));
    withSecret.add("belfry.auth.secret=" + SECRET);
    return run(more, data, withSecret);
  }

  /// Starts a node without authentication, but for what `settings` say of it.
  public static TestNode startWithoutSecret(Path data, String... settings) {
    return startWithoutSecret(List.of(), data, settings);
  }

  /// The same with more beans than it has by itself.
  public static TestNode startWithoutSecret(List<Class<?>> more, Path data, String... settings) {
    return run(more, data, List.of(settings));
  }

  private static TestNode run(List<Class<?>> more, Path data, List<String> settings) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.port=0");
    arguments.add("--server.address=127.0.0.1");
    arguments.add("--belfry.data-dir=" + data);
    for (String setting : settings) {
      arguments.add("--" + setting);
    }
    SpringApplicationBuilder node =
        new SpringApplicationBuilder(BelfryApplication.class)
            .sources(more.toArray(Class<?>[]::new));
    node.application().setRegisterShutdownHook(false);
    return new TestNode(
        (ServletWebServerApplicationContext) node.run(arguments.toArray(String[]::new)));
  }

  public int port() {
    return Objects.requireNonNull(context.getWebServer()).getPort();
  }

  public int managementPort() {
    return context.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public <T> T bean(String name, Class<T> type) {
    return context.getBean(name, type);
  }

  /// A token of `user`, with these scopes.
  public String token(String user, String scope) {
    TokenSigner signer = Objects.requireNonNull(TokenSigner.of(context.getEnvironment()));
    return signer.sign(user, scope, Duration.ofMinutes(10));
  }

  /// A request with the token of `user`.
  public Call as(String user, String scope) {
    return new Call().header("Authorization", "Bearer " + token(user, scope));
  }

  /// A request without a token.
  public Call asNobody() {
    return new Call();
  }

  /// A connection on which a test writes what no client would.
  public RawConnection connect() {
    return new RawConnection(port());
  }

  /// The same on another of its ports.
  public static RawConnection connect(int port) {
    return new RawConnection(port);
  }

  /// A body of this text.
  public static HttpRequest.BodyPublisher body(String text) {
    return BodyPublishers.ofString(text);
  }

  @Override
  public void close() {
    context.close();
    http.close();
  }

  /// A request that is being put together.
  public final class Call {
    private final HttpRequest.Builder request = HttpRequest.newBuilder();

    public Call header(String name, String value) {
      request.header(name, value);
      return this;
    }

    public Answer get(String path) {
      return send("GET", path, BodyPublishers.noBody());
    }

    public Answer delete(String path) {
      return send("DELETE", path, BodyPublishers.noBody());
    }

    public Answer post(String path, String body) {
      return post(path, body.getBytes(StandardCharsets.UTF_8));
    }

    public Answer post(String path, byte[] body) {
      return send("POST", path, BodyPublishers.ofByteArray(body));
    }

    public Answer send(String method, String path, HttpRequest.BodyPublisher body) {
      request.uri(URI.create("http://127.0.0.1:" + port() + path)).method(method, body);
      try {
        var response = http.send(request.build(), BodyHandlers.ofByteArray());
        return new Answer(response.statusCode(), response.headers().map(), response.body());
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      } catch (InterruptedException interrupted) {
        throw new IllegalStateException(interrupted);
      }
    }
  }
}
