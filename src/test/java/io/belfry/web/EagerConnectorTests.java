package io.belfry.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.server.WebSocketUpgradeHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EagerConnectorTests {
  private static final long FRAME_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  // One fills the buffer that is read into.
  private static final int FRAME_BYTES = 4096;
  // Who has its turn sees a few of them for each request.
  private static final int MOST_FRAMES = 4000;

  private static final String HANDSHAKE =
      """
      GET /ws HTTP/1.1\r
      Host: a\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      \r
      """;

  private final Server server = new Server();
  private final EagerConnector connector =
      new EagerConnector(server, new ServerConnector(server, 1, 1));
  private final CountDownLatch flooding = new CountDownLatch(50);
  private final AtomicInteger frames = new AtomicInteger();
  private final AtomicBoolean enough = new AtomicBoolean();

  @BeforeEach
  void start() throws Exception {
    server.setConnectors(new Connector[] {connector});
    WebSocketUpgradeHandler upgrade = new WebSocketUpgradeHandler(new WebSocketComponents());
    upgrade.addMapping("/ws", (_, _, _) -> new Busy());
    upgrade.setHandler(new Answer());
    server.setHandler(upgrade);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    enough.set(true);
    server.stop();
  }

  @Test
  void aWebSocketThatAlwaysHasSomethingToReadLeavesTheOthersTheirTurn() throws Exception {
    try (Socket flood = connect();
        Socket other = connect()) {
      send(flood, HANDSHAKE);
      assertThat(firstLine(flood)).contains(" 101 ");
      Thread.ofPlatform().start(() -> flood(flood));
      flooding.await();

      // One may come through by chance: where the flood was not fast enough for a moment.
      for (int i = 0; i < 120; i++) {
        send(other, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(firstLine(other)).contains(" 200 ");
      }

      assertThat(enough.get()).as("the flood is over").isFalse();
    }
  }

  private void flood(Socket socket) {
    byte[] many = new byte[64 * FRAME_BYTES];
    for (int at = 0; at < many.length; at += FRAME_BYTES) {
      ByteBuffer head = ByteBuffer.wrap(many, at, 4);
      head.put((byte) 0x82).put((byte) 0xFE).putShort((short) (FRAME_BYTES - 8));
    }
    try {
      while (!enough.get()) {
        socket.getOutputStream().write(many);
      }
      socket.close();
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
  }

  private static void send(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
  }

  private static String firstLine(Socket socket) throws IOException {
    return String.valueOf(
        new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
            .readLine());
  }

  private static final class Answer extends Handler.Abstract.NonBlocking {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      callback.succeeded();
      return true;
    }
  }

  // Takes longer to read than its client to write.
  private final class Busy implements FrameHandler {
    private CoreSession session = new CoreSession.Empty();

    @Override
    public void onOpen(CoreSession opened, Callback callback) {
      session = opened;
      callback.succeeded();
      session.demand();
    }

    @Override
    public void onFrame(Frame frame, Callback callback) {
      long end = System.nanoTime() + FRAME_NANOS;
      while (System.nanoTime() - end < 0) {
        Thread.onSpinWait();
      }
      flooding.countDown();
      if (frames.incrementAndGet() == MOST_FRAMES) {
        enough.set(true);
      }
      callback.succeeded();
      session.demand();
    }

    @Override
    public void onError(Throwable cause, Callback callback) {
      callback.succeeded();
    }

    @Override
    public void onClosed(CloseStatus status, Callback callback) {
      callback.succeeded();
    }
  }
}
