package io.belfry.transport.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.RawConnection;
import io.belfry.TestNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three clients that send without a pause, and a service that pushes meanwhile.
@Timeout(120)
class FloodIT {
  private static final int FLOODS = 3;
  private static final int PUSHES = 100;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(40);

  @TempDir static Path data;
  static TestNode node;
  static TlsKeys keys;

  private final CountDownLatch flooding = new CountDownLatch(FLOODS * 100);
  private final AtomicBoolean enough = new AtomicBoolean();

  @BeforeAll
  static void start() throws Exception {
    keys = TlsKeys.in(data);
    String[] bundle = keys.bundle("door");
    String[] settings = Arrays.copyOf(bundle, bundle.length + 2);
    settings[bundle.length] = "server.ssl.bundle=door";
    settings[bundle.length + 1] = "belfry.stomp.port=0";
    node = TestNode.start(data.resolve("node"), settings);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @AfterEach
  void endFloods() {
    enough.set(true);
  }

  @Test
  void heartBeatsOfAPlainConnectionDelayNobody() throws Exception {
    int port = node.bean(TcpDoors.class).port("stomp");
    for (int i = 0; i < FLOODS; i++) {
      Socket socket = SocketFactory.getDefault().createSocket("127.0.0.1", port);
      byte[] hello = connect("f" + i).getBytes(UTF_8);
      flood(socket, hello, "\n".repeat(64 * 1024).getBytes(UTF_8));
    }

    assertThatPushesAreAnswered();
    assertThatSendsAreAnswered(port);
  }

  @Test
  void heartBeatsOfAWebSocketOverTlsDelayNobody() throws Exception {
    byte[] beats = frame("\n".repeat(4000));
    byte[] many = new byte[16 * beats.length];
    for (int at = 0; at < many.length; at += beats.length) {
      System.arraycopy(beats, 0, many, at, beats.length);
    }
    for (int i = 0; i < FLOODS; i++) {
      Socket socket = keys.trusting().getSocketFactory().createSocket("127.0.0.1", node.port());
      socket.getOutputStream().write(handshake().getBytes(UTF_8));
      String status =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
      assertThat(status).contains(" 101 ");
      flood(socket, frame(connect("f" + i)), many);
    }

    assertThatPushesAreAnswered();
  }

  private void flood(Socket socket, byte[] hello, byte[] then) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    Thread.ofPlatform()
        .start(() -> {
          try (socket;
              OutputStream out = socket.getOutputStream()) {
            out.write(hello);
            while (!enough.get() && System.nanoTime() - end < 0) {
              out.write(then);
              flooding.countDown();
            }
            enough.set(true);
          } catch (IOException cut) {
            throw new IllegalStateException(cut);
          }
        });
  }

  // All before the flood ends: no time is measured.
  private void assertThatPushesAreAnswered() throws Exception {
    flooding.await();
    try (HttpClient client = HttpClient.newBuilder().sslContext(keys.trusting()).build()) {
      HttpRequest push =
          HttpRequest.newBuilder(
                  URI.create("https://127.0.0.1:" + node.port() + "/user/ann/queue/q"))
              .header("Authorization", "Bearer " + node.token("service", "push"))
              .POST(HttpRequest.BodyPublishers.ofString("x"))
              .build();
      for (int i = 0; i < PUSHES; i++) {
        assertThat(client.send(push, HttpResponse.BodyHandlers.discarding()).statusCode())
            .isEqualTo(201);
      }
    }
    assertThat(enough.get()).as("the flood is over").isFalse();
  }

  // On the port that is flooded.
  private void assertThatSendsAreAnswered(int port) {
    try (RawConnection service = TestNode.connect(port)) {
      service.write(connect("service", "push"));
      assertThat(service.until(0)).startsWith("CONNECTED\n");
      for (int i = 0; i < PUSHES; i++) {
        service.write("SEND\ndestination:/user/ann/queue/q\nreceipt:" + i + "\n\nx\0");
        assertThat(service.until(0)).contains("receipt-id:" + i);
      }
    }
    assertThat(enough.get()).as("the flood is over").isFalse();
  }

  private static String connect(String user) {
    return connect(user, "");
  }

  private static String connect(String user, String scope) {
    return "CONNECT\naccept-version:1.2\nhost:h\nAuthorization:Bearer "
        + node.token(user, scope)
        + "\n\n\0";
  }

  private static String handshake() {
    return "GET /ws HTTP/1.1\r\nHost: localhost:"
        + node.port()
        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + "Sec-WebSocket-Protocol: v12.stomp\r\n\r\n";
  }

  // Masked with zeros, of 126 to 65,535 bytes.
  private static byte[] frame(String text) {
    byte[] payload = text.getBytes(UTF_8);
    byte[] frame = new byte[8 + payload.length];
    frame[0] = (byte) 0x81;
    frame[1] = (byte) (0x80 | 126);
    frame[2] = (byte) (payload.length >> 8);
    frame[3] = (byte) payload.length;
    System.arraycopy(payload, 0, frame, 8, payload.length);
    return frame;
  }
}
