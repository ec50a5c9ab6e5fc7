package io.belfry.proof;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// STOMP on a WebSocket. Only as many messages are asked for as were taken.
final class WebSocketWire implements StompWire, WebSocket.Listener {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int AHEAD = 4;

  private final Inbox<String> frames = new Inbox<>();
  private final StringBuilder partial = new StringBuilder();
  private final AtomicBoolean isPaused = new AtomicBoolean();
  private final ReentrantLock writing = new ReentrantLock();
  private volatile @Nullable WebSocket socket;
  private volatile boolean isGone;

  static WebSocketWire open(URI url) throws IOException, InterruptedException {
    WebSocketWire wire = new WebSocketWire();
    wire.socket =
        get(
            HTTP.newWebSocketBuilder()
                .subprotocols("v12.stomp")
                .connectTimeout(PATIENCE)
                .buildAsync(url, wire));
    return wire;
  }

  @Override
  public void send(String frame) throws IOException {
    write(frame + "\0");
  }

  @Override
  public void beat() throws IOException {
    write("\n");
  }

  private void write(String text) throws IOException {
    writing.lock();
    try {
      get(Objects.requireNonNull(socket).sendText(text, true));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException(interrupted);
    } finally {
      writing.unlock();
    }
  }

  private static <T> T get(CompletableFuture<T> what) throws IOException, InterruptedException {
    try {
      return what.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      throw new IOException(failed);
    }
  }

  @Override
  public @Nullable String next(long millis) throws IOException, InterruptedException {
    WebSocket open = socket;
    if (open != null && isPaused.compareAndSet(true, false)) {
      more(open);
    }
    return frames.next(millis);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    frames.heard();
    partial.append(data);
    if (!last) {
      from.request(1);
      return null;
    }
    String text = partial.toString();
    partial.setLength(0);
    if (text.indexOf('\0') < 0) {
      more(from);
      return null;
    }
    try {
      frames.put(text.substring(0, text.indexOf('\0')).stripLeading());
      if (frames.size() < AHEAD) {
        more(from);
      } else {
        isPaused.set(true);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
    frames.heard();
    more(from);
    return null;
  }

  private void more(WebSocket from) {
    if (!isGone) {
      from.request(1);
    }
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    frames.end();
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    frames.end();
  }

  @Override
  public void vanish() {
    isGone = true;
  }

  @Override
  public void close() {
    WebSocket open = socket;
    if (open != null) {
      open.abort();
    }
  }
}
