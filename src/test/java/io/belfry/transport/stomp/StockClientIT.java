package io.belfry.transport.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.TestNode;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;

/// Clients that others wrote, as they come.
class StockClientIT {
  private static final long PATIENCE_SECONDS = 20;
  private static TestNode node;

  @BeforeAll
  static void start(@TempDir Path data) {
    node = TestNode.start(data);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static URI address() {
    return URI.create("ws://127.0.0.1:" + node.port() + "/ws");
  }

  @Test
  void springsClientSubscribesAcknowledgesAndPushes() throws Exception {
    ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
    scheduler.initialize();
    WebSocketStompClient client = new WebSocketStompClient(new StandardWebSocketClient());
    client.setMessageConverter(new StringMessageConverter());
    client.setTaskScheduler(scheduler);
    client.start();
    StompHeaders connect = new StompHeaders();
    connect.setLogin("alice");
    connect.setPasscode(node.token("alice", "push"));
    LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();
    StompSession session =
        client
            .connectAsync(
                address(), new WebSocketHttpHeaders(), connect, new StompSessionHandlerAdapter() {})
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    CompletableFuture<String> started = new CompletableFuture<>();
    StompHeaders subscribe = new StompHeaders();
    subscribe.setDestination("/user/queue/notifications");
    subscribe.setAck("client-individual");
    subscribe.setReceipt("s");
    session
        .subscribe(subscribe, handler(session, received))
        .addReceiptTask(() -> started.complete(""));
    started.get(PATIENCE_SECONDS, TimeUnit.SECONDS);

    CompletableFuture<String> durable = new CompletableFuture<>();
    StompHeaders push = new StompHeaders();
    push.setDestination("/user/alice/queue/notifications");
    push.setReceipt("p");
    session.send(push, "hällo").addReceiptTask(() -> durable.complete(""));
    durable.get(PATIENCE_SECONDS, TimeUnit.SECONDS);

    assertThat(received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("hällo");
    session.disconnect();
    client.stop();
    scheduler.shutdown();
  }

  private static StompFrameHandler handler(
      StompSession session, LinkedBlockingQueue<String> received) {
    return new StompFrameHandler() {
      @Override
      public Type getPayloadType(StompHeaders headers) {
        return String.class;
      }

      @Override
      public void handleFrame(StompHeaders headers, @Nullable Object payload) {
        session.acknowledge(String.valueOf(headers.getAck()), true);
        received.add(String.valueOf(payload));
      }
    };
  }

  @Test
  void javasClientIsPingedAndStays() throws Exception {
    LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();
    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .subprotocols("v12.stomp")
            .buildAsync(address(), new Listener(received))
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(socket.getSubprotocol()).isEqualTo("v12.stomp");
    send(socket, "CONNECT\naccept-version:1.2\npasscode:" + node.token("bob", "push") + "\n\n\0");
    assertThat(received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).startsWith("CONNECTED\n");
    String large = "ä".repeat(30_000);

    send(socket, "SUBSCRIBE\nid:1\ndestination:/topic/t\nreceipt:s\n\n\0");
    assertThat(received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).startsWith("RECEIPT\n");
    send(socket, "SEND\ndestination:/topic/t\n\n" + large + "\0");

    assertThat(received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).contains("\n\n" + large + "\0");
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("closed 1000");
  }

  private static void send(WebSocket socket, String frame) throws Exception {
    assertThat(frame.getBytes(StandardCharsets.UTF_8)).isNotEmpty();
    socket.sendText(frame, true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private record Listener(LinkedBlockingQueue<String> received, StringBuilder partial)
      implements WebSocket.Listener {
    Listener(LinkedBlockingQueue<String> received) {
      this(received, new StringBuilder());
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        received.add(partial.toString());
        partial.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      received.add("closed " + code);
      return null;
    }
  }
}
