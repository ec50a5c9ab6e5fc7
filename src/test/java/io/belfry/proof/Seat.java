package io.belfry.proof;

import io.belfry.testing.FaultyProxy;
import io.belfry.testing.Node;
import io.belfry.testing.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A node behind the networks that clients come by.
record Seat(String name, Node node, FaultyProxy http, FaultyProxy stomp, FaultyProxy mqtt)
    implements AutoCloseable {
  // Short times, so that what waits for them happens within a run.
  private static final List<String> SETTINGS =
      List.of(
          "--belfry.heartbeat=1s",
          "--belfry.drain=2s",
          "--belfry.inbox.max-messages=1000000",
          "--belfry.delivery.window=64",
          "--belfry.delivery.ack-timeout=3s",
          "--belfry.delivery.max-deliveries=2",
          "--belfry.limits.connections-per-user=1000");

  /// @param environment of its process, beside what it has anyway
  static Seat start(
      String name, Path directory, Map<String, String> environment, List<String> settings)
      throws IOException {
    int stomp = Ports.free();
    int mqtt = Ports.free();
    List<String> all = new ArrayList<>(SETTINGS);
    all.addAll(settings);
    all.add("--belfry.node=" + name);
    all.add("--belfry.stomp.port=" + stomp);
    all.add("--belfry.mqtt.port=" + mqtt);
    Node node =
        Node.start(Files.createDirectories(directory), environment, all.toArray(String[]::new));
    return new Seat(
        name, node, FaultyProxy.to(node.port()), FaultyProxy.to(stomp), FaultyProxy.to(mqtt));
  }

  List<FaultyProxy> proxies() {
    return List.of(http, stomp, mqtt);
  }

  Place place() {
    return new Place(http.port(), stomp.port(), mqtt.port());
  }

  @Override
  public void close() {
    node.kill();
    proxies().forEach(FaultyProxy::close);
  }
}
