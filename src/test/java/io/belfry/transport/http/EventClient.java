package io.belfry.transport.http;

import io.belfry.TestNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads server-sent events as WHATWG HTML says, line by line.
final class EventClient implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long PATIENCE_SECONDS = 20;

  /// @param id of the last id field so far, as a browser would send it
  record Event(String id, JsonNode data) {
    long offset() {
      return data.get("offset").longValue();
    }

    String body() {
      return data.get("body").stringValue();
    }
  }

  private final HttpClient http;
  private final HttpResponse<InputStream> response;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> others = new LinkedBlockingQueue<>();
  private final Thread reader;

  private EventClient(HttpClient http, HttpResponse<InputStream> response) {
    this.http = http;
    this.response = response;
    this.reader = Thread.ofVirtual().start(this::read);
  }

  static EventClient open(TestNode node, String user, String path, String... headers) {
    return open(node, HttpClient.Version.HTTP_1_1, user, path, headers);
  }

  static EventClient open(
      TestNode node, HttpClient.Version version, String user, String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
            .header("Accept", "text/event-stream");
    if (!user.isEmpty()) {
      request.header("Authorization", "Bearer " + node.token(user, ""));
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    HttpClient http = HttpClient.newBuilder().version(version).build();
    try {
      return new EventClient(http, http.send(request.build(), BodyHandlers.ofInputStream()));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  HttpResponse<InputStream> response() {
    return response;
  }

  String header(String name) {
    return response.headers().firstValue(name).orElse("");
  }

  /// The next event.
  Event next() throws InterruptedException {
    Event event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (event == null) {
      throw new AssertionError("no event came");
    }
    return event;
  }

  List<String> bodies(int count) throws InterruptedException {
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      bodies.add(next().body());
    }
    return bodies;
  }

  /// The next comment or `retry:` line.
  String other() throws InterruptedException {
    String line = others.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      throw new AssertionError("no such line came");
    }
    return line;
  }

  /// Waits for a line like this.
  String other(String beginning) throws InterruptedException {
    String line = other();
    while (!line.startsWith(beginning)) {
      line = other();
    }
    return line;
  }

  boolean hasEvent() {
    return !events.isEmpty();
  }

  /// Waits until the server has ended the stream.
  void awaitEnd() throws InterruptedException {
    if (!reader.join(java.time.Duration.ofSeconds(PATIENCE_SECONDS))) {
      throw new AssertionError("the stream did not end");
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      String id = "";
      @Nullable String data = null;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty()) {
          if (data != null) {
            events.add(new Event(id, JSON.readTree(data)));
          }
          data = null;
        } else if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else {
          others.add(line);
        }
      }
    } catch (IOException cut) {
      others.add("cut");
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
