package io.belfry.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A service's HTTP connection: one request after the other.
final class HttpPusher implements AutoCloseable {
  static final Charset ASCII = StandardCharsets.US_ASCII;

  private static final int PATIENCE_MILLIS = 30_000;

  private final URI url;
  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final OutputStream out;
  private final String headers;

  HttpPusher(BenchOptions options, String token) throws IOException {
    this.url = options.url();
    Sockets.connect(socket, url);
    socket.setSoTimeout(PATIENCE_MILLIS);
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 8192));
    this.out = socket.getOutputStream();
    this.headers =
        " HTTP/1.1\r\nHost: "
            + url.getAuthority()
            + "\r\nAuthorization: Bearer "
            + token
            + "\r\nContent-Type: ";
  }

  /// @return the answer's status
  int push(String path, byte[] json) throws IOException {
    return post(path, "application/json", json);
  }

  /// @throws IOException where it is refused
  void pushBatch(byte[] lines) throws IOException {
    int status = post("/messages", "application/x-ndjson", lines);
    if (status != 200) {
      throw new IOException(refusal(status));
    }
  }

  /// What a user has to know about a status that was not hoped for.
  String refusal(int status) {
    return switch (status) {
      case 401, 403 ->
          "The node at "
              + url
              + " refuses the token (status "
              + status
              + "): give its settings, --belfry.auth.secret=… say, or start this where it was"
              + " started.";
      default -> "The node at " + url + " answered a push with status " + status + ".";
    };
  }

  private int post(String path, String contentType, byte[] body) throws IOException {
    byte[] head =
        ("POST " + path + headers + contentType + "\r\nContent-Length: " + body.length + "\r\n\r\n")
            .getBytes(ASCII);
    byte[] request = new byte[head.length + body.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(body, 0, request, head.length, body.length);
    out.write(request);
    return answer();
  }

  private int answer() throws IOException {
    String status = Sockets.line(in);
    long length = 0;
    boolean chunked = false;
    for (String line = Sockets.line(in); !line.isEmpty(); line = Sockets.line(in)) {
      String header = line.toLowerCase(Locale.ROOT);
      if (header.startsWith("content-length:")) {
        length = Long.parseLong(header.substring(header.indexOf(':') + 1).strip());
      }
      chunked |= header.equals("transfer-encoding: chunked");
    }
    if (chunked) {
      skipChunks();
    } else {
      in.skipNBytes(length);
    }
    return Integer.parseInt(status.substring(9, 12));
  }

  private void skipChunks() throws IOException {
    for (int size = chunk(); size > 0; size = chunk()) {
      in.skipNBytes(size);
      Sockets.line(in);
    }
    Sockets.line(in);
  }

  private int chunk() throws IOException {
    return Integer.parseInt(Sockets.line(in), 16);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
