package io.belfry.proof;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Where clients and pushers play: the nodes they may go to, what they note, and how late it is.
final class Stage {
  final History history = new History();
  private final List<Place> places;
  private final long seed;
  private final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch calm = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);

  Stage(List<Place> places, long seed) {
    this.places = List.copyOf(places);
    this.seed = seed;
  }

  /// Chance for one actor: the same for the same seed, whatever the others do.
  Random random(String actor) {
    return new Random(seed * 31 + actor.hashCode());
  }

  Place place(Random random) {
    return places.get(random.nextInt(places.size()));
  }

  List<Place> places() {
    return places;
  }

  String connection(Door door) {
    return door.word + "-" + connections.incrementAndGet();
  }

  /// From now on clients behave, and pushers push nothing new.
  void calm() {
    calm.countDown();
  }

  boolean isCalm() {
    return calm.getCount() == 0;
  }

  /// From now on everyone ends.
  void end() {
    calm.countDown();
    over.countDown();
  }

  boolean isOver() {
    return over.getCount() == 0;
  }

  /// Waits so long, or until it is calm.
  void idle(long millis) throws InterruptedException {
    if (isCalm()) {
      pause(Math.min(millis, 50));
    } else {
      var _ = calm.await(millis, TimeUnit.MILLISECONDS);
    }
  }

  /// Waits so long, or until the end.
  void pause(long millis) throws InterruptedException {
    var _ = over.await(millis, TimeUnit.MILLISECONDS);
  }
}
