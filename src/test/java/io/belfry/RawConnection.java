package io.belfry;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A TCP connection to a node on which a test writes what no HTTP client would, and reads answers.
public final class RawConnection implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  RawConnection(int port) {
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(20_000);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  public RawConnection write(String text) {
    return write(text.getBytes(StandardCharsets.UTF_8));
  }

  public RawConnection write(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// Says that nothing more will be written.
  public RawConnection finish() {
    try {
      socket.shutdownOutput();
      return this;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// The next answer, interim ones too.
  public Answer read() {
    try {
      int status = Integer.parseInt(line().split(" ", 3)[1]);
      Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      for (String line = line(); !line.isEmpty(); line = line()) {
        String[] header = line.split(": ?", 2);
        headers.computeIfAbsent(header[0], n -> new ArrayList<>()).add(header[1]);
      }
      return new Answer(status, headers, body(headers));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// The text up to the next byte that is `end`, without it.
  public String until(int end) {
    try {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      for (int b = in.read(); b != end; b = in.read()) {
        if (b < 0) {
          throw new EOFException("closed after: " + text);
        }
        text.write(b);
      }
      return text.toString(StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// So many bytes.
  public byte[] bytes(int count) {
    try {
      byte[] bytes = in.readNBytes(count);
      if (bytes.length < count) {
        throw new EOFException("closed after " + bytes.length + " bytes");
      }
      return bytes;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// Whether the node has closed it, and nothing more is to be read.
  public boolean isAtEnd() {
    try {
      return in.read() < 0;
    } catch (IOException reset) {
      return true;
    }
  }

  private byte[] body(Map<String, List<String>> headers) throws IOException {
    if (headers.containsKey("Content-Length")) {
      return in.readNBytes(Integer.parseInt(headers.get("Content-Length").getFirst()));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (headers.containsKey("Transfer-Encoding")) {
      for (int size = chunk(); size > 0; size = chunk()) {
        body.write(in.readNBytes(size));
        line();
      }
      line();
    }
    return body.toByteArray();
  }

  private int chunk() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("closed after: " + line);
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
