package io.belfry.transport.stomp;

import io.belfry.transport.Packet;
import io.belfry.transport.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A client's end of a socket that a test holds in its hand.
final class FakeWire implements Wire {
  private static final long PATIENCE_SECONDS = 20;

  private final LinkedBlockingQueue<Packet> written = new LinkedBlockingQueue<>();
  private final List<Runnable> held = new ArrayList<>();
  private boolean blocked;
  final AtomicInteger pings = new AtomicInteger();
  final AtomicInteger readOns = new AtomicInteger();
  volatile boolean isCut;
  volatile boolean answersPings = true;

  @Override
  public void write(List<Packet> frames, Consumer<@Nullable Throwable> done) {
    synchronized (this) {
      if (blocked) {
        held.add(() -> take(frames, done));
        return;
      }
    }
    take(frames, done);
  }

  private void take(List<Packet> frames, Consumer<@Nullable Throwable> done) {
    written.addAll(frames);
    done.accept(null);
  }

  /// Takes no more bytes.
  synchronized void block() {
    blocked = true;
  }

  /// Whether a write waits.
  synchronized boolean isHolding() {
    return !held.isEmpty();
  }

  /// Takes bytes again, and those that waited.
  void unblock() {
    List<Runnable> waiting;
    synchronized (this) {
      blocked = false;
      waiting = List.copyOf(held);
      held.clear();
    }
    waiting.forEach(Runnable::run);
  }

  /// The next packet that is no heart-beat.
  Packet next() {
    return next(packet -> !packet.equals(ServerFrames.HEART_BEAT));
  }

  /// The next packet that fits; those before it are dropped.
  Packet next(Predicate<Packet> fits) {
    try {
      for (Packet packet = poll(); packet != null; packet = poll()) {
        if (fits.test(packet)) {
          return packet;
        }
      }
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
    throw new AssertionError("nothing came");
  }

  private @Nullable Packet poll() throws InterruptedException {
    return written.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  boolean hasNothing() {
    return written.isEmpty();
  }

  @Override
  public boolean answersPings() {
    return answersPings;
  }

  @Override
  public void ping() {
    pings.incrementAndGet();
  }

  @Override
  public void readOn() {
    readOns.incrementAndGet();
  }

  @Override
  public void cut() {
    isCut = true;
  }
}
