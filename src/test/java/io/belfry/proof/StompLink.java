package io.belfry.proof;

import io.belfry.testing.StompClient.Frame;
import io.belfry.testing.TestTokens;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// STOMP 1.2 with heart-beats, on either wire.
final class StompLink implements Link {
  private static final long BEAT_MILLIS = 500;
  private static final long PATIENCE_MILLIS = 6000;
  private static final int WINDOW = 20;

  private final StompWire wire;
  private final Client client;
  private final Deque<Frame> early = new ArrayDeque<>();
  private final Map<String, String> destinations = new HashMap<>();
  private final CountDownLatch over = new CountDownLatch(1);

  private StompLink(StompWire wire, Client client) {
    this.wire = wire;
    this.client = client;
    Thread.ofVirtual().start(this::beat);
  }

  static StompLink open(StompWire wire, Client client) throws IOException, InterruptedException {
    StompLink link = new StompLink(wire, client);
    try {
      link.connect();
      for (String destination : client.destinations()) {
        link.subscribe(destination);
      }
      return link;
    } catch (IOException | InterruptedException | RuntimeException failed) {
      link.close();
      throw failed;
    }
  }

  private void connect() throws IOException, InterruptedException {
    wire.send(
        "CONNECT\naccept-version:1.2\nhost:proof\nheart-beat:1000,1000\ndevice:"
            + client.device()
            + "\nAuthorization:Bearer "
            + TestTokens.user(client.user())
            + "\n\n");
    await("CONNECTED", "");
  }

  private void subscribe(String destination) throws IOException, InterruptedException {
    String id = "s" + destinations.size();
    destinations.put(id, destination);
    String ack = client.auto() ? "auto" : client.cumulative() ? "client" : "client-individual";
    wire.send(
        "SUBSCRIBE\nid:%s\ndestination:%s\nack:%s\nprefetch-count:%d\nreceipt:%s\n\n"
            .formatted(id, client.own(destination), ack, WINDOW, id));
    await("RECEIPT", id);
  }

  // Until the frame is there; messages that come before it wait.
  private void await(String command, String receipt) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (System.nanoTime() < end) {
      Frame frame = frame(wire.next(100));
      if (frame != null && frame.command().equals("MESSAGE")) {
        early.add(frame);
      } else if (frame != null
          && frame.command().equals(command)
          && frame.header("receipt-id").equals(receipt)) {
        return;
      }
    }
    throw new IOException("no " + command);
  }

  private static @Nullable Frame frame(@Nullable String text) throws IOException {
    if (text == null) {
      return null;
    }
    Frame frame = Frame.parse(text + "\0");
    if (frame.command().equals("ERROR")) {
      throw new IOException(frame.header("message"));
    }
    return frame;
  }

  @Override
  public @Nullable Received next(long millis) throws IOException, InterruptedException {
    Frame frame = early.isEmpty() ? frame(wire.next(millis)) : early.remove();
    if (frame == null || !frame.command().equals("MESSAGE")) {
      return null;
    }
    String expected = destinations.getOrDefault(frame.header("subscription"), "");
    String named = client.full(frame.header("destination"));
    return new Received(
        named.equals(expected) ? expected : named + " on " + expected,
        Received.number(frame.header("offset")),
        Received.id(frame.body()),
        frame.header("redelivered").equals("true"),
        Received.number(frame.header("gap-after")),
        frame.header("ack"));
  }

  @Override
  public void acknowledge(Received message) throws IOException {
    wire.send("ACK\nid:" + message.handle() + "\n\n");
  }

  @Override
  public boolean isCumulative() {
    return client.cumulative();
  }

  @Override
  public boolean canRefuse() {
    return !client.cumulative() && !client.auto();
  }

  @Override
  public void refuse(Received message) throws IOException {
    wire.send("NACK\nid:" + message.handle() + "\n\n");
  }

  @Override
  public boolean leave() throws IOException, InterruptedException {
    wire.send("DISCONNECT\nreceipt:bye\n\n");
    await("RECEIPT", "bye");
    return true;
  }

  private void beat() {
    try {
      while (!over.await(BEAT_MILLIS, TimeUnit.MILLISECONDS)) {
        wire.beat();
      }
    } catch (IOException gone) {
      // Whoever asks for the next message is told.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void vanish() {
    over.countDown();
    wire.vanish();
  }

  @Override
  public void close() {
    over.countDown();
    wire.close();
  }
}
