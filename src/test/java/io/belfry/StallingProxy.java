package io.belfry;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A network between a browser and a node that can go away without a word: what is open then passes
/// nothing on for ever, and nobody is told.
final class StallingProxy implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final List<Pipe> pipes = new CopyOnWriteArrayList<>();

  private StallingProxy(ServerSocket server, int target) {
    this.server = server;
    this.target = target;
  }

  static StallingProxy to(int target) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    StallingProxy proxy = new StallingProxy(server, target);
    Thread.ofVirtual().start(proxy::accept);
    return proxy;
  }

  String address() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /// Stalls all that is open; what comes from now on passes.
  void stall() {
    pipes.forEach(pipe -> pipe.stalled = true);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Socket node = new Socket(InetAddress.getLoopbackAddress(), target);
        connect(client, node);
        connect(node, client);
      } catch (IOException over) {
        return;
      }
    }
  }

  private void connect(Socket from, Socket to) {
    Pipe pipe = new Pipe(from, to);
    pipes.add(pipe);
    Thread.ofVirtual().start(pipe::run);
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Pipe pipe : pipes) {
        pipe.from.close();
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static final class Pipe {
    private final Socket from;
    private final Socket to;
    private volatile boolean stalled;

    Pipe(Socket from, Socket to) {
      this.from = from;
      this.to = to;
    }

    void run() {
      byte[] buffer = new byte[8192];
      try (InputStream in = from.getInputStream();
          OutputStream out = to.getOutputStream()) {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          if (!stalled) {
            out.write(buffer, 0, read);
            out.flush();
          }
        }
      } catch (IOException over) {
        // One side has gone, and the other goes with it.
      }
    }
  }
}
