package io.belfry.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A STOMP client that keeps what it gets and does nothing by itself.
public final class StompClient implements WebSocket.Listener, AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final StringBuilder partial = new StringBuilder();
  private final List<Frame> frames = new ArrayList<>();
  private @Nullable WebSocket socket;
  private int closeCode;

  /// A frame as it came, its headers unescaped as far as tests need it.
  public record Frame(String command, Map<String, String> headers, String body) {
    public static Frame parse(String text) {
      int end = text.indexOf("\n\n");
      String[] lines = text.substring(0, end).split("\n", -1);
      Map<String, String> headers = new LinkedHashMap<>();
      for (int i = 1; i < lines.length; i++) {
        int colon = lines[i].indexOf(':');
        headers.putIfAbsent(
            lines[i].substring(0, colon), lines[i].substring(colon + 1).replace("\\c", ":"));
      }
      return new Frame(lines[0].strip(), headers, text.substring(end + 2, text.indexOf('\0')));
    }

    public String header(String name) {
      return headers.getOrDefault(name, "");
    }

    public long offset() {
      return Long.parseLong(header("offset"));
    }
  }

  /// Opens a WebSocket and connects as this user's device.
  public static StompClient connect(URI url, String user, String device)
      throws InterruptedException {
    StompClient client = open(url);
    String named = device.isEmpty() ? "" : "device:" + device + "\n";
    client.send(
        "CONNECT\naccept-version:1.2\nhost:test\nAuthorization:Bearer "
            + TestTokens.user(user)
            + "\n"
            + named
            + "\n");
    client.await(f -> f.command().equals("CONNECTED"));
    return client;
  }

  /// Opens a WebSocket.
  public static StompClient open(URI url) {
    StompClient client = new StompClient();
    try {
      client.socket =
          HTTP.newWebSocketBuilder().subprotocols("v12.stomp").buildAsync(url, client).join();
    } catch (CompletionException refused) {
      throw new IllegalStateException("the handshake was refused", refused.getCause());
    }
    return client;
  }

  /// Sends a frame; its NUL is added.
  public void send(String frame) {
    WebSocket open = socket;
    if (open != null) {
      var sent = open.sendText(frame + "\0", true).join();
      assert sent != null;
    }
  }

  /// Subscribes and waits until the start is fixed.
  public void subscribe(String id, String destination, String ack) throws InterruptedException {
    send(
        "SUBSCRIBE\nid:"
            + id
            + "\ndestination:"
            + destination
            + "\nack:"
            + ack
            + "\nreceipt:sub-"
            + id
            + "\n\n");
    await(f -> f.command().equals("RECEIPT") && f.header("receipt-id").equals("sub-" + id));
  }

  /// Acknowledges a message.
  public void ack(Frame message) {
    send("ACK\nid:" + message.header("ack") + "\n\n");
  }

  /// Leaves in the way of the standard: what was acknowledged is kept when this returns.
  public void disconnect() throws InterruptedException {
    send("DISCONNECT\nreceipt:bye\n\n");
    await(f -> f.header("receipt-id").equals("bye"));
    close();
  }

  /// The messages so far.
  public synchronized List<Frame> messages() {
    return frames.stream().filter(f -> f.command().equals("MESSAGE")).toList();
  }

  /// Waits for a frame that fits.
  public Frame await(Predicate<Frame> fits) throws InterruptedException {
    return await(() -> frames.stream().filter(fits).findFirst().orElse(null));
  }

  /// Waits for that many messages.
  public List<Frame> awaitMessages(int count) throws InterruptedException {
    return await(() -> messages().size() < count ? null : messages());
  }

  /// Waits until the server has closed, and answers the code.
  public int awaitClose() throws InterruptedException {
    return await(() -> closeCode == 0 ? null : closeCode);
  }

  /// Whether the connection ended.
  public synchronized boolean isClosed() {
    return closeCode != 0;
  }

  private synchronized <T> T await(Supplier<@Nullable T> what) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    T found = what.get();
    while (found == null) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("it did not come; there is " + frames + ", closed " + closeCode);
      }
      wait(left);
      found = what.get();
    }
    return found;
  }

  @Override
  public synchronized @Nullable CompletionStage<?> onText(
      WebSocket webSocket, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      String text = partial.toString();
      partial.setLength(0);
      if (text.indexOf('\0') >= 0) {
        frames.add(Frame.parse(text.stripLeading()));
        notifyAll();
      }
    }
    webSocket.request(1);
    return null;
  }

  @Override
  public synchronized @Nullable CompletionStage<?> onClose(
      WebSocket webSocket, int statusCode, String reason) {
    closeCode = statusCode;
    notifyAll();
    return null;
  }

  @Override
  public synchronized void onError(WebSocket webSocket, Throwable error) {
    closeCode = closeCode == 0 ? 1006 : closeCode;
    notifyAll();
  }

  @Override
  public void close() {
    WebSocket open = socket;
    if (open != null) {
      open.abort();
    }
  }
}
