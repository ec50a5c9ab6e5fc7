package io.belfry.bench;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/// Plain sockets to a node.
final class Sockets {
  private static final int DEFAULT_PORT = 80;
  private static final long LEAST_PAUSE = Bench.SECOND / 10;
  private static final long MOST_PAUSE = Bench.SECOND;

  private Sockets() {}

  /// @throws IOException saying in one line that nobody is there, and what to do
  static void probe(URI url) throws IOException {
    try (Socket socket = new Socket()) {
      connect(socket, url);
    } catch (IOException nobody) {
      throw new IOException(
          "No node answers at "
              + url
              + ": "
              + reason(nobody)
              + ". Start one, or name it with --url.",
          nobody);
    }
  }

  /// Why, in a few words.
  static String reason(IOException failure) {
    return switch (failure) {
      case UnknownHostException unknown -> "the host is not known";
      case EOFException ended -> "the server closed the connection";
      default -> String.valueOf(failure.getMessage());
    };
  }

  /// Waits for a moment before a connection is tried again, so that not all come at once.
  static void pause() {
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LEAST_PAUSE, MOST_PAUSE));
  }

  static void connect(Socket socket, URI url) throws IOException {
    socket.setTcpNoDelay(true);
    int port = url.getPort() < 0 ? DEFAULT_PORT : url.getPort();
    socket.connect(new InetSocketAddress(url.getHost(), port));
  }

  /// A line of an HTTP head, without its end.
  static String line(DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
