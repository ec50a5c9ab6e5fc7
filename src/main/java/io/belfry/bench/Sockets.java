package io.belfry.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/// Plain sockets to a node.
final class Sockets {
  private static final int DEFAULT_PORT = 80;

  private Sockets() {}

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
