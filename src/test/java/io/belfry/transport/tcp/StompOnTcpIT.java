package io.belfry.transport.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.Answer;
import io.belfry.RawConnection;
import io.belfry.TestNode;
import io.belfry.core.delivery.Deliveries;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.messaging.simp.stomp.ReactorNettyTcpStompClient;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;

class StompOnTcpIT {
  @TempDir static Path data;
  static TestNode node;
  static TlsKeys keys;

  @BeforeAll
  static void start() throws Exception {
    keys = TlsKeys.in(data);
    node =
        TestNode.start(
            data.resolve("plain"),
            "belfry.stomp.port=0",
            "belfry.heartbeat=100ms",
            "belfry.drain=1s");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void aStockClientGetsWhatCameWhileItWasAwayAndWhatComes() throws Exception {
    Stock first = Stock.connect("ann");
    first.subscribe();
    push("/user/ann/queue/q", "1");
    assertThat(first.next()).isEqualTo("1");
    first.close();
    push("/user/ann/queue/q", "2");
    Stock again = Stock.connect("ann");
    again.subscribe();
    assertThat(again.next()).isEqualTo("2");
    push("/user/ann/queue/q", "3");
    assertThat(again.next()).isEqualTo("3");
    again.close();

    assertThat(node.as("ann", "").get("/user/queue/q?device=d").text()).isEqualTo("[]");
  }

  @Test
  void framesMayComeByteByByteAndSeveralAtOnce() {
    try (RawConnection client = connect()) {
      for (byte b : hello("ben", "0,0").getBytes(UTF_8)) {
        client.write(new byte[] {b});
      }
      assertThat(client.until(0)).startsWith("CONNECTED\n");
      client.write(subscribe("1") + "\n\n" + subscribe("2"));
      assertThat(client.until(0)).contains("receipt-id:1");
      assertThat(client.until(0)).contains("receipt-id:2");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000",
        "CONNECT\nno colon\n\n\0",
        "SEND\ndestination:/topic/t\n\nbody\0"
      })
  void whatIsNoStompIsToldSoAndClosed(String garbage) {
    try (RawConnection client = connect()) {
      client.write(garbage);
      assertThat(client.until(0)).startsWith("ERROR\n").contains("code:1002");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void aLineWithoutAnEndIsNotGathered() {
    try (RawConnection client = connect()) {
      client.write("CONNECT\nname:" + "x".repeat(20_000));
      assertThat(client.until(0)).startsWith("ERROR\n");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void whoPromisesNothingIsNeverDroppedForSilence() {
    try (RawConnection client = connect()) {
      client.write(hello("cat", "0,100"));
      client.until(0);
      client.write(subscribe("1"));
      client.until(0);
      for (int beats = 0; beats < 10; beats++) {
        client.until('\n');
      }
      push("/user/cat/queue/q", "still there");
      assertThat(client.until(0)).contains("still there");
    }
  }

  @Test
  void whoPromisesToBeatAndIsSilentIsDropped() {
    try (RawConnection client = connect()) {
      client.write(hello("dan", "100,0"));
      client.until(0);
      assertThat(client.until(0)).contains("code:4408");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void isInPresenceUntilTheClientHangsUp() {
    try (RawConnection client = connect()) {
      client.write(hello("eva", "0,0"));
      client.until(0);
      Answer presence = node.as("service", "push").get("/user/eva");
      assertThat(presence.json().get("sessions").get(0).get("transport").stringValue())
          .isEqualTo("stomp");
    }
    await().until(() -> node.bean(Deliveries.class).connections().of("eva").isEmpty());
  }

  @Test
  void aTokenThatIsRefusedIsSaid() {
    try (RawConnection client = connect()) {
      client.write("CONNECT\naccept-version:1.2\nhost:h\npasscode:no-token\n\n\0");
      assertThat(client.until(0)).startsWith("ERROR\n").contains("code:4401");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void isTlsWhereABundleIsNamed() throws Exception {
    List<String> settings = new ArrayList<>(List.of(keys.bundle("door")));
    settings.add("belfry.stomp.port=0");
    settings.add("belfry.stomp.ssl-bundle=door");
    try (TestNode tls = TestNode.start(data.resolve("tls"), settings.toArray(String[]::new));
        var socket =
            keys.trusting()
                .getSocketFactory()
                .createSocket("127.0.0.1", tls.bean(TcpDoors.class).port("stomp"))) {
      socket.setSoTimeout(20_000);
      String hello =
          "CONNECT\naccept-version:1.2\nhost:h\npasscode:" + tls.token("fay", "") + "\n\n\0";
      socket.getOutputStream().write(hello.getBytes(UTF_8));
      byte[] answer = socket.getInputStream().readNBytes("CONNECTED\n".length());
      assertThat(new String(answer, UTF_8)).isEqualTo("CONNECTED\n");
    }
  }

  private static RawConnection connect() {
    return TestNode.connect(node.bean(TcpDoors.class).port("stomp"));
  }

  private static String hello(String user, String heartBeat) {
    return "CONNECT\naccept-version:1.2\nhost:h\nheart-beat:"
        + heartBeat
        + "\nAuthorization:Bearer "
        + node.token(user, "")
        + "\n\n\0";
  }

  private static String subscribe(String id) {
    return "SUBSCRIBE\nid:" + id + "\ndestination:/user/queue/q\nreceipt:" + id + "\n\n\0";
  }

  private static void push(String path, String body) {
    assertThat(node.as("service", "push").post(path, body).status()).isEqualTo(201);
  }

  /// Spring's own client.
  private static final class Stock {
    private final ReactorNettyTcpStompClient client;
    private final StompSession session;
    private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();

    private Stock(ReactorNettyTcpStompClient client, StompSession session) {
      this.client = client;
      this.session = session;
    }

    static Stock connect(String user) {
      var client =
          new ReactorNettyTcpStompClient("127.0.0.1", node.bean(TcpDoors.class).port("stomp"));
      StompHeaders headers = new StompHeaders();
      headers.setHost("test");
      headers.setPasscode(node.token(user, ""));
      headers.setLogin(user);
      headers.set("device", "d");
      StompSession session =
          client.connectAsync(headers, new StompSessionHandlerAdapter() {}).join();
      return new Stock(client, session);
    }

    void subscribe() {
      session.subscribe(
          "/user/queue/q",
          new StompFrameHandler() {
            @Override
            public Type getPayloadType(StompHeaders headers) {
              return byte[].class;
            }

            @Override
            public void handleFrame(StompHeaders headers, @Nullable Object payload) {
              bodies.add(new String(payload instanceof byte[] body ? body : new byte[0], UTF_8));
            }
          });
    }

    @Nullable String next() throws InterruptedException {
      return bodies.poll(20, TimeUnit.SECONDS);
    }

    void close() {
      session.disconnect();
      client.shutdown();
    }
  }
}
