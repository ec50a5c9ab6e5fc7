package io.belfry.proof;

import io.belfry.testing.FaultyProxy;
import io.belfry.testing.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/// Real nodes on a real store, and what can happen to them: to processes and disks, to networks,
/// and to clocks.
final class World implements AutoCloseable {
  private final String name;
  private final List<Seat> seats = new ArrayList<>();
  private final List<Fault> processes = new ArrayList<>();
  private final List<Fault> networks = new ArrayList<>();
  private final List<Fault> clocks = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();
  private final Deque<Runnable> parts = new ArrayDeque<>();

  private World(String name) {
    this.name = name;
  }

  /// What fills a world with parts.
  private interface Build {
    void into(World world) throws IOException;
  }

  // Where it cannot be whole, what there is of it is ended.
  private static World build(String name, Build build) throws IOException {
    World world = new World(name);
    try {
      build.into(world);
      return world;
    } catch (IOException | RuntimeException | AssertionError failed) {
      world.close();
      throw failed;
    }
  }

  /// One node with its own store, on a disk of its own where that can be had.
  static World embedded(Path directory) throws IOException {
    return build("embedded", world -> world.addEmbedded(directory));
  }

  /// Two nodes on a Redis that syncs every write.
  static World redis(Path directory) throws IOException {
    return build("redis", world -> world.addRedis(directory));
  }

  private void addEmbedded(Path directory) throws IOException {
    Path home = Files.createDirectories(directory.resolve("solo"));
    SmallDisk disk = SmallDisk.mount(directory.resolve("disk"));
    if (disk == null) {
      leftOut.add("disk full: this user cannot mount a small disk");
    } else {
      parts.push(disk::close);
      processes.add(Faults.ofDisk(disk));
      // Its log is not on the disk that will be full, and stays when that is gone.
      Path log = Files.createFile(home.resolve("node.log"));
      home = Files.createDirectories(disk.root().resolve("solo"));
      Files.createSymbolicLink(home.resolve("node.log"), log.toAbsolutePath());
    }
    addSeat("solo", home, ownClock(directory, "solo"), List.of());
  }

  private void addRedis(Path directory) throws IOException {
    RedisServer redis =
        RedisServer.durable(
            Files.createDirectories(directory.resolve("redis")), ownClock(directory, "Redis"));
    parts.push(redis::close);
    processes.addAll(Faults.ofRedis(redis));
    for (String node : List.of("one", "two")) {
      FaultyProxy link = FaultyProxy.to(redis.port());
      parts.push(link::close);
      String url = "redis://127.0.0.1:" + link.port();
      addSeat(
          node,
          directory.resolve(node),
          ownClock(directory, node),
          List.of("--belfry.store=redis", "--spring.data.redis.url=" + url));
      networks.addAll(Faults.ofNetwork("Redis to " + node, List.of(link)));
    }
  }

  // A clock that can be set, for a process that is yet to be started with this.
  private Map<String, String> ownClock(Path directory, String of) throws IOException {
    OwnClock clock = OwnClock.make(directory.resolve("clock-" + of));
    if (clock == null) {
      leftOut.add("clock of " + of + " set: that takes a C compiler and a Linux");
      return Map.of();
    }
    clocks.addAll(Faults.ofClock(of, clock));
    return clock.environment();
  }

  private void addSeat(
      String seatName, Path directory, Map<String, String> environment, List<String> settings)
      throws IOException {
    Seat seat = Seat.start(seatName, directory, environment, settings);
    parts.push(seat::close);
    seats.add(seat);
    processes.addAll(Faults.ofNode(seat));
    networks.addAll(Faults.ofNetwork("clients of " + seatName, seat.proxies()));
  }

  String name() {
    return name;
  }

  List<Place> places() {
    return seats.stream().map(Seat::place).toList();
  }

  List<Fault> processes() {
    return processes;
  }

  List<Fault> networks() {
    return networks;
  }

  List<Fault> clocks() {
    return clocks;
  }

  /// Faults that cannot be had here, and why.
  List<String> leftOut() {
    return leftOut;
  }

  @Override
  public void close() {
    parts.forEach(Runnable::run);
  }
}
