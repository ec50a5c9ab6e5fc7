package io.belfry.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.testing.Interleavings;
import io.belfry.testing.Interleavings.Actor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A socket brings frames, some are handled on a thread of their own, some have to wait for what
/// another thread lets go.
class InflowInterleavingTests {
  private static final int ROUNDS = 600;
  private static final int CHUNKS = 4;
  private static final int A_CHUNK = 3;

  /// A frame is a byte.
  private static final class Bytes implements Inflow.Reader<Integer> {
    private final ArrayDeque<Integer> left = new ArrayDeque<>();

    @Override
    public void feed(byte[] bytes, boolean text) {
      for (byte b : bytes) {
        left.add((int) b);
      }
    }

    @Override
    public @Nullable Integer next() {
      return left.poll();
    }

    @Override
    public boolean hasMore() {
      return !left.isEmpty();
    }

    @Override
    public void clear() {
      left.clear();
    }
  }

  private static final class Reading implements Interleavings.Round, Inflow.Handler<Integer>, Wire {
    final Inflow<Integer> inflow = new Inflow<>(new Bytes(), this, this);
    final List<Integer> handled = new ArrayList<>();
    private final Semaphore readOn = new Semaphore(0);
    private final Semaphore held = new Semaphore(0);
    private final AtomicInteger inside = new AtomicInteger();
    private final CountDownLatch all = new CountDownLatch(CHUNKS * A_CHUNK);
    private final boolean ends;
    private volatile boolean holding;
    private volatile boolean overlaps;

    Reading(boolean ends) {
      this.ends = ends;
    }

    @Override
    public List<Actor> actors() {
      return List.of(this::offer, this::letGo);
    }

    private void offer() throws InterruptedException {
      for (int i = 0; i < CHUNKS; i++) {
        byte[] chunk = new byte[A_CHUNK];
        for (int j = 0; j < A_CHUNK; j++) {
          chunk[j] = (byte) (i * A_CHUNK + j);
        }
        if (!inflow.offer(chunk, false)) {
          assertThat(readOn.tryAcquire(30, TimeUnit.SECONDS)).as("reading goes on").isTrue();
        }
      }
      if (!ends) {
        assertThat(all.await(30, TimeUnit.SECONDS)).as("all are handled").isTrue();
      }
    }

    // Every fourth frame is held.
    private void letGo() throws InterruptedException {
      if (ends) {
        inflow.end();
        return;
      }
      for (int i = 0; i < CHUNKS * A_CHUNK / 4; i++) {
        assertThat(held.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        holding = false;
        inflow.release();
      }
    }

    @Override
    public boolean mayBlock(Integer frame) {
      return frame % 3 == 0;
    }

    @Override
    public void handle(Integer frame) {
      overlaps |= inside.incrementAndGet() > 1 || holding;
      handled.add(frame);
      if (!ends && frame % 4 == 0) {
        holding = true;
        inflow.hold();
        held.release();
      }
      inside.decrementAndGet();
      all.countDown();
    }

    @Override
    public void broken(RuntimeException wrong, @Nullable Integer frame) {
      throw wrong;
    }

    @Override
    public void readOn() {
      readOn.release();
    }

    @Override
    public boolean answersPings() {
      return false;
    }

    @Override
    public void ping() {}

    @Override
    public void cut() {}

    @Override
    public void write(List<Packet> frames, Consumer<@Nullable Throwable> done) {}

    @Override
    public void check() {
      assertThat(overlaps).as("two at once, or one that was held back").isFalse();
      List<Integer> inOrder = new ArrayList<>();
      for (int i = 0; i < handled.size(); i++) {
        inOrder.add(i);
      }
      assertThat(handled).isEqualTo(inOrder);
      assertThat(readOn.availablePermits()).as("told to read on, and read already").isZero();
    }
  }

  @Test
  void framesAreHandledOnceInOrderAndNoneWhileOneIsHeld() throws Exception {
    Interleavings.explore(ROUNDS, () -> new Reading(false));
  }
}
