package io.belfry.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A network between two processes of this machine that does what networks do: it breaks, holds,
/// delays and drips, ends one direction, and goes away without a word to either side.
public final class FaultyProxy implements AutoCloseable {
  // Little, so that whoever does not read is felt by whoever writes.
  private static final int BUFFER_BYTES = 1 << 16;

  private static final int DRIP_BYTES = 16;
  private static final long DRIP_MICROS = 1500;

  private enum Way {
    PASS,
    REFUSE,
    HOLD,
    DELAY,
    DRIP
  }

  private final ServerSocket server;
  private final int target;
  private final Set<Pipe> pipes = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile Way way = Way.PASS;
  private volatile long delayMicros;

  private FaultyProxy(ServerSocket server, int target) {
    this.server = server;
    this.target = target;
  }

  /// Listens on a free port, and connects what comes there with this port.
  public static FaultyProxy to(int target) throws IOException {
    ServerSocket server = new ServerSocket(Ports.free(), 200, InetAddress.getLoopbackAddress());
    FaultyProxy proxy = new FaultyProxy(server, target);
    Thread.ofVirtual().start(proxy::accept);
    return proxy;
  }

  public int port() {
    return server.getLocalPort();
  }

  /// Cuts all connections, and every new one until it is healed.
  public void cut() {
    change(Way.REFUSE, 0);
    pipes.forEach(Pipe::reset);
  }

  /// Holds all bytes back until it is healed; none is lost.
  public void hold() {
    change(Way.HOLD, 0);
  }

  /// Passes everything on, this much later each time.
  public void delay(long millis) {
    change(Way.DELAY, TimeUnit.MILLISECONDS.toMicros(millis));
  }

  /// Passes a few bytes on at a time.
  public void drip() {
    change(Way.DRIP, DRIP_MICROS);
  }

  /// What is open now passes nothing on for ever, and nobody is told; what comes passes.
  public void forget() {
    pipes.forEach(pipe -> pipe.isForgotten = true);
  }

  /// Tells the one side of each connection that the other will write no more, which it may not
  /// know.
  ///
  /// @param fromTarget whether it is the target that seems to have ended
  public void halfClose(boolean fromTarget) {
    pipes.stream().filter(pipe -> pipe.isFromTarget == fromTarget).forEach(Pipe::end);
  }

  /// Passes everything on again, and ends what it had forgotten.
  public void heal() {
    pipes.stream().filter(pipe -> pipe.isForgotten).forEach(Pipe::reset);
    change(Way.PASS, 0);
  }

  private void change(Way to, long micros) {
    lock.lock();
    try {
      delayMicros = micros;
      way = to;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> connect(client));
      } catch (IOException over) {
        return;
      }
    }
  }

  private void connect(Socket client) {
    try {
      if (way == Way.REFUSE) {
        client.setSoLinger(true, 0);
        client.close();
        return;
      }
      Socket node = new Socket();
      node.setReceiveBufferSize(BUFFER_BYTES);
      node.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      client.setSendBufferSize(BUFFER_BYTES);
      client.setTcpNoDelay(true);
      node.setTcpNoDelay(true);
      start(new Pipe(client, node, false));
      start(new Pipe(node, client, true));
    } catch (IOException away) {
      close(client);
    }
  }

  private void start(Pipe pipe) {
    pipes.add(pipe);
    Thread.ofVirtual().start(pipe::run);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException already) {
      // Then it is closed.
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException already) {
      // Then it is closed.
    }
    pipes.forEach(Pipe::reset);
    change(Way.PASS, 0);
  }

  /// One direction of one connection.
  private final class Pipe {
    private final Socket from;
    private final Socket to;
    private final boolean isFromTarget;
    private volatile boolean isForgotten;
    private volatile boolean isEnded;

    Pipe(Socket from, Socket to, boolean isFromTarget) {
      this.from = from;
      this.to = to;
      this.isFromTarget = isFromTarget;
    }

    void run() {
      byte[] buffer = new byte[16_384];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          pass(buffer, read, out);
        }
        if (!isForgotten) {
          end();
        }
      } catch (IOException gone) {
        reset();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      } finally {
        pipes.remove(this);
      }
    }

    private void pass(byte[] bytes, int length, OutputStream out)
        throws IOException, InterruptedException {
      int from = 0;
      while (from < length && !isForgotten && !isEnded) {
        int count = way == Way.DRIP ? Math.min(DRIP_BYTES, length - from) : length - from;
        linger();
        if (!isForgotten && !isEnded) {
          out.write(bytes, from, count);
        }
        from += count;
      }
    }

    // As long as the way it is wants it; a change ends that.
    private void linger() throws InterruptedException {
      if (way == Way.PASS) {
        return;
      }
      lock.lock();
      try {
        long left = TimeUnit.MICROSECONDS.toNanos(delayMicros);
        while (way == Way.HOLD || (left > 0 && way != Way.PASS)) {
          if (way == Way.HOLD) {
            changed.await();
          } else {
            left = changed.awaitNanos(left);
          }
        }
      } finally {
        lock.unlock();
      }
    }

    void end() {
      isEnded = true;
      try {
        to.shutdownOutput();
      } catch (IOException already) {
        // Then it has ended.
      }
    }

    void reset() {
      for (Socket socket : new Socket[] {from, to}) {
        try {
          socket.setSoLinger(true, 0);
        } catch (IOException already) {
          // Then it is closed.
        }
        FaultyProxy.close(socket);
      }
    }
  }
}
