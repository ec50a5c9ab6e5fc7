package io.belfry;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// A network between a client and a server that can go away without a word: what is open then
/// passes nothing on for ever, and nobody is told.
public final class StallingProxy implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final String mark;
  private final List<Pipe> pipes = new CopyOnWriteArrayList<>();

  private StallingProxy(ServerSocket server, int target, String mark) {
    this.server = server;
    this.target = target;
    this.mark = mark;
  }

  public static StallingProxy to(int target) throws IOException {
    return to(target, "\0");
  }

  /// @param mark what a client says on those connections that may be stalled by themselves
  public static StallingProxy to(int target, String mark) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    StallingProxy proxy = new StallingProxy(server, target, mark);
    Thread.ofVirtual().start(proxy::accept);
    return proxy;
  }

  public int port() {
    return server.getLocalPort();
  }

  String address() {
    return "http://127.0.0.1:" + port();
  }

  /// Stalls all that is open; what comes from now on passes.
  public void stall() {
    pipes.forEach(pipe -> pipe.stalled = true);
  }

  /// Stalls the marked connections, from the server to the client.
  public void stallMarked() {
    pipes.stream().filter(pipe -> pipe.marked).forEach(pipe -> pipe.stalled = true);
  }

  /// Cuts all that is open; what comes from now on passes.
  void cut() {
    for (Pipe pipe : pipes) {
      try {
        pipe.from.close();
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Socket node = new Socket(InetAddress.getLoopbackAddress(), target);
        Pipe down = new Pipe(node, client, said -> {});
        Pipe up = new Pipe(client, node, said -> down.marked |= said.contains(mark));
        start(up);
        start(down);
      } catch (IOException over) {
        return;
      }
    }
  }

  private void start(Pipe pipe) {
    pipes.add(pipe);
    Thread.ofVirtual().start(pipe::run);
  }

  @Override
  public void close() {
    cut();
    try {
      server.close();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static final class Pipe {
    private final Socket from;
    private final Socket to;
    private final Consumer<String> hearer;
    private volatile boolean stalled;
    private volatile boolean marked;

    Pipe(Socket from, Socket to, Consumer<String> hearer) {
      this.from = from;
      this.to = to;
      this.hearer = hearer;
    }

    void run() {
      byte[] buffer = new byte[8192];
      try (InputStream in = from.getInputStream();
          OutputStream out = to.getOutputStream()) {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          hearer.accept(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
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
