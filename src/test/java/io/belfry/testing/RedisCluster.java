package io.belfry.testing;

import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/// A Cluster of three real masters without replicas.
public final class RedisCluster implements AutoCloseable {
  private static final int SLOTS = 16384;
  private static final int MASTERS = 3;

  private final List<RedisServer> masters = new ArrayList<>();
  // Where nodes connect, and where the masters meet.
  private final List<Integer> ports = new ArrayList<>();

  private RedisCluster(Path directory, List<String> settings, boolean isTls) {
    for (int i = 0; i < MASTERS; i++) {
      Path own = directory.resolve("master-" + i);
      try {
        Files.createDirectories(own);
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
      List<String> all = new ArrayList<>(settings);
      all.addAll(List.of("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"));
      int tlsPort = Ports.free();
      if (isTls) {
        all.addAll(List.of("--tls-port", Integer.toString(tlsPort)));
      }
      RedisServer master = RedisServer.start(own, all.toArray(String[]::new));
      masters.add(master);
      ports.add(isTls ? tlsPort : master.port());
    }
  }

  public static RedisCluster start(Path directory) {
    RedisCluster cluster = new RedisCluster(directory, List.of(), false);
    cluster.form();
    return cluster;
  }

  /// One whose masters talk TLS to each other and to nodes, which have to show the key as well. The
  /// plain ports are left for the test's own questions.
  ///
  /// @param keys where `key.pem` and `certificate.pem` are
  /// @param password of who operates it
  public static RedisCluster startSecured(Path directory, Path keys, String password) {
    String certificate = keys.resolve("certificate.pem").toAbsolutePath().toString();
    String key = keys.resolve("key.pem").toAbsolutePath().toString();
    List<String> settings = new ArrayList<>();
    settings.addAll(List.of("--tls-cluster", "yes", "--tls-auth-clients", "yes"));
    settings.addAll(List.of("--tls-cert-file", certificate, "--tls-key-file", key));
    settings.addAll(List.of("--tls-ca-cert-file", certificate, "--requirepass", password));
    RedisCluster cluster = new RedisCluster(directory, settings, true);
    cluster.form();
    return cluster;
  }

  public List<RedisServer> masters() {
    return masters;
  }

  /// As `spring.data.redis.cluster.nodes` wants it.
  public String nodes() {
    return String.join(",", ports.stream().map(port -> "127.0.0.1:" + port).toList());
  }

  public void flush() {
    masters.forEach(master -> master.ask(RedisCommands::flushall));
  }

  /// Moves an empty slot from the master that has it to another one, as `redis-cli` does: who
  /// imports a slot gets the highest epoch with it, without which the others take it away again.
  public void move(int slot) {
    RedisServer from = masters.get(owner(slot));
    RedisServer to = masters.get((owner(slot) + 1) % MASTERS);
    String fromId = from.ask(RedisCommands::clusterMyId);
    String toId = to.ask(RedisCommands::clusterMyId);
    to.ask(r -> r.clusterSetSlotImporting(slot, fromId));
    from.ask(r -> r.clusterSetSlotMigrating(slot, toId));
    to.ask(r -> r.clusterSetSlotNode(slot, toId));
    from.ask(r -> r.clusterSetSlotNode(slot, toId));
  }

  private static int owner(int slot) {
    return slot * MASTERS / SLOTS;
  }

  // Each takes its third of the slots, then they meet.
  private void form() {
    for (int i = 0; i < MASTERS; i++) {
      int own = i;
      int[] slots = IntStream.range(0, SLOTS).filter(slot -> owner(slot) == own).toArray();
      masters.get(i).ask(r -> r.clusterAddSlots(slots));
      masters.get(i).ask(r -> r.clusterSetConfigEpoch(own + 1));
    }
    for (int port : ports.subList(1, MASTERS)) {
      masters.getFirst().ask(r -> r.clusterMeet("127.0.0.1", port));
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            masters.stream()
                .allMatch(master -> {
                  String info = master.ask(RedisCommands::clusterInfo);
                  return info.contains("cluster_state:ok")
                      && info.contains("cluster_known_nodes:3");
                }));
  }

  @Override
  public void close() {
    masters.forEach(RedisServer::close);
  }
}
