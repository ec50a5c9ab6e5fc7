package io.belfry.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.junit.jupiter.api.Test;

class LanesTests {
  private final List<Runnable> elsewhere = new CopyOnWriteArrayList<>();

  @Test
  void connectionsOfALaneGoOnOneAfterTheOther() throws Exception {
    Lanes lanes = new Lanes(elsewhere::add, 1);
    List<Integer> order = new CopyOnWriteArrayList<>();
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(3);
    lanes.execute(
        new Going(() -> {
          await(first);
          order.add(1);
          done.countDown();
        }));
    for (int i = 2; i <= 3; i++) {
      int number = i;
      lanes.execute(
          new Going(() -> {
            order.add(number);
            done.countDown();
          }));
    }
    assertThat(order).isEmpty();
    first.countDown();

    await(done);
    assertThat(order).containsExactly(1, 2, 3);
    assertThat(elsewhere).isEmpty();
  }

  @Test
  void aLaneGoesOnAfterOneThatFails() throws Exception {
    Lanes lanes = new Lanes(elsewhere::add, 1);
    CountDownLatch done = new CountDownLatch(1);
    CountDownLatch both = new CountDownLatch(1);
    lanes.execute(
        new Going(() -> {
          await(both);
          throw new IllegalStateException("a defect");
        }));
    lanes.execute(new Going(done::countDown));
    both.countDown();

    await(done);
  }

  @Test
  void allElseHasAThreadOfItsOwn() {
    Lanes lanes = new Lanes(elsewhere::add, 1);
    Runnable task = () -> {};
    lanes.execute(task);

    assertThat(elsewhere).containsExactly(task);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  /// A connection that is handed to an executor, as Jetty does.
  private static final class Going extends AbstractConnection implements Runnable {
    private final Runnable work;

    Going(Runnable work) {
      super(new ByteArrayEndPoint(), Runnable::run);
      this.work = work;
    }

    @Override
    public void run() {
      work.run();
    }

    @Override
    public void onFillable() {}
  }
}
