package io.belfry.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;

/// Plain sockets to a node.
final class Sockets {
  private static final int DEFAULT_PORT = 80;

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

  private static String reason(IOException failure) {
    return failure instanceof UnknownHostException
        ? "the host is not known"
        : String.valueOf(failure.getMessage());
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
