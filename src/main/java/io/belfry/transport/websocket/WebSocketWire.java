package io.belfry.transport.websocket;

import io.belfry.transport.Packet;
import io.belfry.transport.Wire;
import io.belfry.transport.WireListener;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;

/// One WebSocket of Jetty's. Reads on demand, one frame at a time; a frame of the client's that is
/// larger than the input buffer comes in parts, so nothing is gathered here.
final class WebSocketWire implements FrameHandler, Wire {
  private static final Callback FORGET = Callback.NOOP;

  // Replaced by the listener once the WebSocket is open.
  private @Nullable Function<Wire, WireListener> opener;
  private @Nullable WireListener listener;
  private @Nullable CoreSession session;

  // Whether the message that is under way is a text message.
  private boolean text;

  WebSocketWire(Function<Wire, WireListener> opener) {
    this.opener = opener;
  }

  @Override
  public void onOpen(CoreSession coreSession, Callback callback) {
    session = coreSession;
    Function<Wire, WireListener> open = opener;
    if (open == null) {
      throw new IllegalStateException();
    }
    opener = null;
    WireListener opened = open.apply(this);
    listener = opened;
    callback.succeeded();
    opened.opened();
    coreSession.demand();
  }

  @Override
  public void onFrame(Frame frame, Callback callback) {
    WireListener to = listener();
    switch (frame.getOpCode()) {
      case OpCode.CLOSE -> {
        // Jetty answers it once the callback is called, and demands nothing more.
        to.leaving();
        callback.succeeded();
      }
      case OpCode.PING -> {
        to.alive();
        // Reads on once it is answered: who sends pings and reads nothing fills no memory.
        pong(frame, callback);
      }
      case OpCode.PONG -> {
        to.alive();
        callback.succeeded();
        readOn();
      }
      default -> {
        if (frame.getOpCode() != OpCode.CONTINUATION) {
          text = frame.getOpCode() == OpCode.TEXT;
        }
        byte[] bytes = bytes(frame);
        callback.succeeded();
        if (bytes.length > 0 && to.mayBlock()) {
          Thread.ofVirtual().name("belfry-read").start(() -> receive(bytes, to));
        } else {
          receive(bytes, to);
        }
      }
    }
  }

  private void receive(byte[] bytes, WireListener to) {
    if (bytes.length == 0 || to.received(bytes, text)) {
      readOn();
    }
  }

  private static byte[] bytes(Frame frame) {
    ByteBuffer payload = frame.getPayload();
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return bytes;
  }

  private void pong(Frame frame, Callback callback) {
    byte[] answer = bytes(frame);
    callback.succeeded();
    session()
        .sendFrame(
            new Frame(OpCode.PONG, ByteBuffer.wrap(answer)),
            Callback.from(this::readOn, failure -> {}),
            false);
  }

  @Override
  public void onError(Throwable cause, Callback callback) {
    callback.succeeded();
  }

  @Override
  public void onClosed(CloseStatus closeStatus, Callback callback) {
    WireListener to = listener;
    if (to != null) {
      to.ended();
    }
    callback.succeeded();
  }

  @Override
  public void write(List<Packet> packets, Consumer<@Nullable Throwable> done) {
    CoreSession to = session();
    Callback last =
        new Callback() {
          @Override
          public void succeeded() {
            done.accept(null);
          }

          @Override
          public void failed(Throwable failure) {
            done.accept(failure);
          }

          @Override
          public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
          }
        };
    int count = packets.size();
    for (int i = 0; i < count; i++) {
      // All but the last may wait for it, so that they leave in one socket write.
      boolean isLast = i == count - 1;
      switch (packets.get(i)) {
        case Packet.Data data ->
            to.sendFrame(
                new Frame(data.text() ? OpCode.TEXT : OpCode.BINARY, ByteBuffer.wrap(data.bytes())),
                isLast ? last : FORGET,
                !isLast);
        case Packet.GoodBye bye -> {
          to.sendFrame(new CloseFrame(bye), last, false);
          return;
        }
      }
    }
  }

  @Override
  public boolean answersPings() {
    return true;
  }

  @Override
  public void ping() {
    session().sendFrame(new Frame(OpCode.PING), FORGET, false);
  }

  @Override
  public void readOn() {
    session().demand();
  }

  @Override
  public void cut() {
    session().abort();
  }

  private CoreSession session() {
    CoreSession known = session;
    if (known == null) {
      throw new IllegalStateException("Not yet open.");
    }
    return known;
  }

  private WireListener listener() {
    WireListener known = listener;
    if (known == null) {
      throw new IllegalStateException("Not yet open.");
    }
    return known;
  }
}
