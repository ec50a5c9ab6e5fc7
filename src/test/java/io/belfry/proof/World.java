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

/// Real nodes on a real store, and what can happen to them: to processes and disks, and to
/// networks.
final class World implements AutoCloseable {
  private final String name;
  private final List<Seat> seats = new ArrayList<>();
  private final List<Fault> processes = new ArrayList<>();
  private final List<Fault> networks = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();
  private final Deque<Runnable> parts = new ArrayDeque<>();

  private World(String name) {
    this.name = name;
  }

  /// One node with its own store, on a disk of its own where that can be had.
  static World embedded(Path directory) throws IOException {
    World world = new World("embedded");
    Path home = Files.createDirectories(directory.resolve("solo"));
    SmallDisk disk = SmallDisk.mount(directory.resolve("disk"));
    if (disk == null) {
      world.leftOut.add("disk full: this user cannot mount a small disk");
    } else {
      world.parts.push(disk::close);
      world.processes.add(Faults.ofDisk(disk));
      // Its log is not on the disk that will be full, and stays when that is gone.
      Path log = Files.createFile(home.resolve("node.log"));
      home = Files.createDirectories(disk.root().resolve("solo"));
      Files.createSymbolicLink(home.resolve("node.log"), log.toAbsolutePath());
    }
    world.seat("solo", home, List.of());
    return world;
  }

  /// Two nodes on a Redis that syncs every write.
  static World redis(Path directory) throws IOException {
    World world = new World("redis");
    RedisServer redis = RedisServer.durable(Files.createDirectories(directory.resolve("redis")));
    world.parts.push(redis::close);
    world.processes.addAll(Faults.ofRedis(redis));
    for (String name : List.of("one", "two")) {
      FaultyProxy link = FaultyProxy.to(redis.port());
      world.parts.push(link::close);
      world.seat(
          name,
          directory.resolve(name),
          List.of(
              "--belfry.store=redis", "--spring.data.redis.url=redis://127.0.0.1:" + link.port()));
      world.networks.addAll(Faults.ofNetwork("Redis to " + name, List.of(link)));
    }
    return world;
  }

  private void seat(String seatName, Path directory, List<String> settings) throws IOException {
    Seat seat = Seat.start(seatName, directory, settings);
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

  /// Faults that cannot be had here, and why.
  List<String> leftOut() {
    return leftOut;
  }

  @Override
  public void close() {
    parts.forEach(Runnable::run);
  }
}
