package io.belfry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// HTTP/1.1 without a client that would mend what a test means to break.
public final class RawHttp {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /// What came back; the names of headers are in lower case, several values joined with `, `.
  public record Answer(int status, Map<String, String> headers, String body) {
    public @Nullable String header(String name) {
      return headers.get(name.toLowerCase(Locale.ROOT));
    }

    public boolean isProblem() {
      return "application/problem+json".equals(header("content-type"))
          && body.contains("\"status\":" + status)
          && body.contains("\"type\":")
          && body.contains("\"title\":")
          && body.contains("\"detail\":");
    }
  }

  private final int port;

  public RawHttp(int port) {
    this.port = port;
  }

  /// @param headers `Name: value`, each; without a `Host`, the node's own is sent
  public Answer get(String path, String... headers) {
    return send("GET", path, "", headers);
  }

  public Answer send(String method, String path, String body, String... headers) {
    List<String> lines = new ArrayList<>();
    lines.add(method + " " + path + " HTTP/1.1");
    lines.addAll(List.of(headers));
    if (lines.stream().noneMatch(line -> line.toLowerCase(Locale.ROOT).startsWith("host:"))) {
      lines.add("Host: localhost:" + port);
    }
    if (!body.isEmpty()) {
      lines.add("Content-Length: " + body.getBytes(UTF_8).length);
    }
    lines.add("Connection: close");
    return raw(String.join("\r\n", lines) + "\r\n\r\n" + body);
  }

  /// Sends these very bytes.
  public Answer raw(String request) {
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      socket.getOutputStream().write(request.getBytes(UTF_8));
      socket.getOutputStream().flush();
      return parse(new String(socket.getInputStream().readAllBytes(), ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Answer parse(String answer) {
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new IllegalStateException("No answer: " + answer);
    }
    List<String> lines = answer.substring(0, end).lines().toList();
    Map<String, String> headers = new TreeMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (one, other) -> one + ", " + other);
    }
    int status = Integer.parseInt(lines.getFirst().split(" ", -1)[1]);
    String body = new String(answer.substring(end + 4).getBytes(ISO_8859_1), UTF_8);
    return new Answer(status, headers, body);
  }
}
