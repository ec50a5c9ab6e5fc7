package io.belfry.transport.tcp;

import io.belfry.transport.Packet;
import io.belfry.transport.Wire;
import io.belfry.transport.WireListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/// One plain connection of Jetty's, TCP or TLS, which is read where it is selected. Holds no buffer
/// while nothing comes.
final class TcpWire extends AbstractConnection.NonBlocking implements Wire {
  private static final int INPUT_BYTES = 4 * 1024;

  // For how long it is read before the next one has its turn.
  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final ByteBufferPool buffers;
  private final WireListener listener;

  TcpWire(
      EndPoint endPoint,
      Executor executor,
      ByteBufferPool buffers,
      Function<Wire, WireListener> opener) {
    super(endPoint, executor);
    this.buffers = buffers;
    this.listener = opener.apply(this);
  }

  @Override
  public void onOpen() {
    super.onOpen();
    getEndPoint().setIdleTimeout(0);
    listener.opened();
    fillInterested();
  }

  @Override
  public void onFillable() {
    long start = System.nanoTime();
    boolean readsOn = true;
    while (readsOn) {
      byte[] bytes = fill();
      if (bytes == null) {
        listener.leaving();
        getEndPoint().close();
        return;
      }
      if (bytes.length == 0) {
        fillInterested();
        return;
      }
      readsOn = receive(bytes);
      if (readsOn && System.nanoTime() - start > TURN_NANOS) {
        fillInterested();
        return;
      }
    }
  }

  // Whether to go on reading here.
  private boolean receive(byte[] bytes) {
    if (!listener.mayBlock()) {
      return listener.received(bytes, false);
    }
    Thread.ofVirtual()
        .name("belfry-read")
        .start(() -> {
          if (listener.received(bytes, false)) {
            readOn();
          }
        });
    return false;
  }

  // Null where nothing more will come.
  private byte @Nullable [] fill() {
    RetainableByteBuffer.Mutable buffer = buffers.acquire(INPUT_BYTES, false);
    try {
      return getEndPoint().fill(buffer.getByteBuffer()) < 0
          ? null
          : BufferUtil.toArray(buffer.getByteBuffer());
    } catch (IOException gone) {
      return null;
    } finally {
      buffer.release();
    }
  }

  @Override
  public void onFillInterestedFailed(Throwable cause) {
    getEndPoint().close(cause);
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    super.onClose(cause);
    listener.ended();
  }

  @Override
  public void write(List<Packet> packets, Consumer<@Nullable Throwable> done) {
    List<ByteBuffer> bytes = new ArrayList<>(packets.size());
    boolean isLast = false;
    for (Packet packet : packets) {
      switch (packet) {
        case Packet.Data data -> bytes.add(ByteBuffer.wrap(data.bytes()));
        case Packet.GoodBye _ -> isLast = true;
      }
    }
    boolean isOver = isLast;
    getEndPoint()
        .write(
            Callback.from(
                Invocable.InvocationType.NON_BLOCKING,
                () -> {
                  if (isOver) {
                    // The client reads what came before, and closes.
                    getEndPoint().shutdownOutput();
                  }
                  done.accept(null);
                },
                failure -> {
                  done.accept(failure);
                  getEndPoint().close(failure);
                }),
            bytes.toArray(ByteBuffer[]::new));
  }

  /// A plain connection has no way to ask.
  @Override
  public boolean answersPings() {
    return false;
  }

  @Override
  public void ping() {}

  @Override
  public void readOn() {
    if (getEndPoint().isOpen()) {
      fillInterested();
    }
  }

  @Override
  public void cut() {
    getEndPoint().close();
  }
}
