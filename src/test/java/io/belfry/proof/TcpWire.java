package io.belfry.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// STOMP on a plain socket.
final class TcpWire implements StompWire {
  private static final int CONNECT_MILLIS = 3000;

  private final Socket socket;
  private final Inbox<String> frames = new Inbox<>();
  private final ReentrantLock writing = new ReentrantLock();
  private final Thread reader;

  private TcpWire(Socket socket) {
    this.socket = socket;
    this.reader = Thread.ofVirtual().start(this::read);
  }

  static TcpWire open(int port) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(Link.BUFFER_BYTES);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
    socket.setTcpNoDelay(true);
    return new TcpWire(socket);
  }

  @Override
  public void send(String frame) throws IOException {
    write((frame + "\0").getBytes(UTF_8));
  }

  @Override
  public void beat() throws IOException {
    write(new byte[] {'\n'});
  }

  private void write(byte[] bytes) throws IOException {
    writing.lock();
    try {
      socket.getOutputStream().write(bytes);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public @Nullable String next(long millis) throws IOException, InterruptedException {
    return frames.next(millis);
  }

  private void read() {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    try {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b == 0) {
          frames.put(frame.toString(UTF_8));
          frame.reset();
        } else if (b == '\n' && frame.size() == 0) {
          frames.heard();
        } else {
          frame.write(b);
        }
      }
    } catch (IOException over) {
      // Whoever asks for the next frame is told.
    } catch (InterruptedException vanished) {
      Thread.currentThread().interrupt();
      return;
    }
    frames.end();
  }

  @Override
  public void vanish() {
    // A thread in a read of the socket would be interrupted by closing it: it fills the inbox
    // instead, and then waits.
  }

  @Override
  public void close() {
    reader.interrupt();
    try {
      socket.close();
    } catch (IOException already) {
      // Then it is closed.
    }
  }
}
