package io.belfry.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.From;
import io.belfry.core.log.Session;
import io.belfry.testing.Interleavings;
import io.belfry.testing.Interleavings.Actor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A subscription is about to wait while a bell rings and its client acknowledges: no wake-up is
/// lost. Its window is one, so that it needs both.
class DeliveryInterleavingTests extends DeliveryFixture {
  private static final int ROUNDS = 120;
  private static final int PUSHES = 40;
  private static final int LATE_SPINS = 100;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /// A client that knows the last offset it got, and that they came in order.
  private static final class Client implements Connection {
    private final Session session =
        new Session("s", "alice", "phone", "fake", "node", Instant.EPOCH);
    private volatile long last;
    private final AtomicInteger count = new AtomicInteger();
    private final CountDownLatch timerStands = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    @Override
    public Session session() {
      return session;
    }

    @Override
    public boolean send(Subscription to, List<Delivery> batch) {
      for (Delivery delivery : batch) {
        assertThat(delivery.entry().offset()).isGreaterThan(last);
        last = delivery.entry().offset();
        count.incrementAndGet();
      }
      return true;
    }

    @Override
    public long takingNanos() {
      return 0;
    }

    @Override
    public void close(CloseReason reason) {}

    // Here the timer stands: it looks after who waits for room, and would wake whom nobody woke.
    @Override
    public void tick() {
      timerStands.countDown();
      try {
        over.await();
      } catch (InterruptedException closing) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final Client client = new Client();
  private final Random random = new Random(7);
  private final List<Long> pushed = new ArrayList<>();

  private final class Talk implements Interleavings.Round {
    private final Subscription subscription;
    private final int before = pushed.size();

    Talk(Subscription subscription) {
      this.subscription = subscription;
    }

    @Override
    public List<Actor> actors() {
      return List.of(this::push, this::acknowledge);
    }

    private void push() {
      for (int i = 0; i < PUSHES; i++) {
        pushed.add(DeliveryInterleavingTests.this.push("more"));
      }
    }

    // At once, about when the subscription finds that there is no room.
    private void acknowledge() {
      for (int i = 1; i <= PUSHES; i++) {
        await(before + i);
        for (int late = random.nextInt(LATE_SPINS); late > 0; late--) {
          Thread.onSpinWait();
        }
        subscription.acknowledge(client.last);
      }
    }

    @SuppressWarnings("ThreadPriorityCheck")
    private void await(int count) {
      long end = System.nanoTime() + PATIENCE_NANOS;
      for (int spins = 1; client.count.get() < count; spins++) {
        if (spins % 1000 == 0) {
          Thread.yield();
          assertThat(System.nanoTime() - end).as("it comes").isNegative();
        }
        Thread.onSpinWait();
      }
    }

    @Override
    public void check() {
      assertThat(client.count).hasValue(pushed.size());
      assertThat(client.last).isEqualTo(pushed.getLast());
    }
  }

  @Test
  void whatIsPushedWhileRoomIsMadeComes() throws Exception {
    SubscriptionRequest request =
        new SubscriptionRequest(
            INBOX,
            "alice",
            "phone",
            AckMode.CLIENT_INDIVIDUAL,
            1,
            new From.Cursor(),
            false,
            () -> {});
    deliveries.connections().open(client, false);
    assertThat(client.timerStands.await(30, TimeUnit.SECONDS)).isTrue();
    Subscription subscription = deliveries.subscribe(client, request);

    Interleavings.explore(ROUNDS, () -> new Talk(subscription));
    client.over.countDown();
  }
}
