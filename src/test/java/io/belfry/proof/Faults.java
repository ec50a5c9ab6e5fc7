package io.belfry.proof;

import io.belfry.testing.FaultyProxy;
import io.belfry.testing.RedisServer;
import io.lettuce.core.KillArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What the nemesis knows.
final class Faults {
  private static final int SHORT = 1500;
  private static final int LONG = 4000;

  /// Less than a token lives.
  private static final Duration JUMP = Duration.ofMinutes(10);

  private Faults() {}

  static List<Fault> ofNode(Seat seat) {
    String name = seat.name();
    return List.of(
        new Fault(name + " killed", SHORT, () -> seat.node().kill(), () -> seat.node().restart()),
        new Fault(
            name + " terminated",
            SHORT,
            () -> {
              seat.node().terminate();
              seat.node().awaitEnd();
            },
            () -> seat.node().restart()),
        new Fault(name + " paused", LONG, () -> seat.node().pause(), () -> seat.node().resume()));
  }

  static List<Fault> ofRedis(RedisServer redis) {
    return List.of(
        new Fault("Redis killed", SHORT, redis::kill, redis::restart),
        new Fault("Redis paused", LONG, redis::pause, redis::resume),
        Fault.at(
            "bells' connections cut",
            () -> redis.ask(r -> r.clientKill(KillArgs.Builder.typePubsub()))),
        Fault.at(
            "store's connections cut",
            () -> redis.ask(r -> r.clientKill(KillArgs.Builder.typeNormal()))),
        Fault.at("scripts flushed", () -> redis.ask(r -> r.scriptFlush())));
  }

  static Fault ofDisk(SmallDisk disk) {
    return new Fault("disk full", SHORT, disk::fill, disk::clear);
  }

  /// Somebody sets a clock, and sets it right again: forward and back, then back and forward.
  static List<Fault> ofClock(String name, OwnClock clock) {
    return List.of(
        jump(Event.Fault.CLOCK + name + " ahead", clock, JUMP),
        jump(Event.Fault.CLOCK + name + " behind", clock, JUMP.negated()));
  }

  private static Fault jump(String name, OwnClock clock, Duration far) {
    return new Fault(name, LONG, () -> clock.set(far), () -> clock.set(Duration.ZERO));
  }

  /// All that these networks can do, together.
  static List<Fault> ofNetwork(String name, List<FaultyProxy> proxies) {
    List<Fault> faults = new ArrayList<>();
    faults.add(each(name + " cut", proxies, FaultyProxy::cut));
    faults.add(each(name + " held", proxies, FaultyProxy::hold));
    faults.add(each(name + " delayed", proxies, proxy -> proxy.delay(80)));
    faults.add(each(name + " dripping", proxies, FaultyProxy::drip));
    faults.add(each(name + " forgotten", proxies, FaultyProxy::forget));
    faults.add(each(name + " half closed", proxies, proxy -> proxy.halfClose(false)));
    faults.add(each(name + " half closed by it", proxies, proxy -> proxy.halfClose(true)));
    return faults;
  }

  private interface Harm {
    void to(FaultyProxy proxy);
  }

  private static Fault each(String name, List<FaultyProxy> proxies, Harm harm) {
    return new Fault(
        name, LONG, () -> proxies.forEach(harm::to), () -> proxies.forEach(FaultyProxy::heal));
  }
}
