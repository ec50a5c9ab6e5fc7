package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.TestNode;
import io.belfry.testing.RedisCluster;
import io.belfry.testing.RedisServer;
import io.belfry.testing.StompClient;
import io.belfry.testing.StompClient.Frame;
import io.belfry.testing.TestTokens;
import io.belfry.transport.tcp.TlsKeys;
import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/// A Cluster of three masters that asks nodes for a key, a name and a password, and lets them do no
/// more than docs/running.md says: all by `spring.data.redis.*`.
class SecuredClusterIT {
  // Their logs are on all three masters.
  private static final List<String> USERS = List.of("ann", "bob", "cid", "dan", "eva", "fay");
  private static final int CUTS = 4;
  private static final int PUSHES_BETWEEN = 60;

  @TempDir Path directory;
  private @Nullable RedisCluster cluster;

  @BeforeEach
  void start() throws Exception {
    TlsKeys.in(directory).writePem(directory);
    RedisCluster started = RedisCluster.startSecured(directory, directory, "of-the-operator");
    cluster = started;
    started.masters().forEach(AclRule.onACluster()::applyTo);
  }

  @AfterEach
  void stop() {
    cluster().close();
  }

  @Test
  void theUserMayDoWhatANodeDoesAndNothingMore() throws Exception {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", settings()));
    SpringRedis spring = SpringRedis.of(environment);
    Everything.isDoneOn(
        RedisServers.of(spring.factory(), spring::close),
        () -> masters().forEach(master -> kill(master, KillArgs.Builder.typePubsub())));

    AclRule.onACluster().assertIsWhatWasNeeded(masters());
  }

  @Test
  void nothingIsLostBetweenTwoNodesThoughTheirConnectionsAreCut() throws Exception {
    try (TestNode one = node("one");
        TestNode two = node("two");
        Traffic traffic = new Traffic(one, two)) {
      traffic.awaitMore(PUSHES_BETWEEN);
      assertThatBothAreConnectedAsTheUserByTls();
      for (int i = 0; i < CUTS; i++) {
        RedisServer master = masters().get(i % masters().size());
        kill(master, KillArgs.Builder.user(AclRule.USER));
        traffic.awaitMore(PUSHES_BETWEEN);
      }
      traffic.end();
    }
  }

  // Two each on each master, one of them for listening.
  private void assertThatBothAreConnectedAsTheUserByTls() {
    for (RedisServer master : masters()) {
      String clients = master.ask(RedisCommands::clientList);
      assertThat(clients.lines().filter(line -> line.contains("user=" + AclRule.USER)))
          .hasSizeGreaterThanOrEqualTo(4)
          .noneMatch(line -> line.contains("laddr=127.0.0.1:" + master.port()))
          .allMatch(line -> line.contains("name=a-node"));
    }
  }

  private static void kill(RedisServer master, KillArgs which) {
    master.ask(r -> r.clientKill(which));
  }

  private TestNode node(String name) throws Exception {
    Stream<String> connection =
        settings().entrySet().stream().map(setting -> setting.getKey() + '=' + setting.getValue());
    Stream<String> more =
        Stream.of(
            "belfry.auth.secret=" + TestTokens.SECRET,
            "belfry.store=redis",
            "belfry.node=" + name,
            "belfry.drain=1s",
            "belfry.inbox.max-messages=1000000");
    return TestNode.startWithoutSecret(
        Files.createDirectories(directory.resolve(name)),
        Stream.concat(connection, more).toArray(String[]::new));
  }

  private Map<String, Object> settings() {
    String certificate = "file:" + directory.resolve("certificate.pem");
    return Map.of(
        "spring.data.redis.cluster.nodes",
        cluster().nodes(),
        "spring.data.redis.username",
        AclRule.USER,
        "spring.data.redis.password",
        AclRule.PASSWORD,
        "spring.data.redis.client-name",
        "a-node",
        "spring.data.redis.ssl.bundle",
        "redis",
        "spring.ssl.bundle.pem.redis.truststore.certificate",
        certificate,
        "spring.ssl.bundle.pem.redis.keystore.certificate",
        certificate,
        "spring.ssl.bundle.pem.redis.keystore.private-key",
        "file:" + directory.resolve("key.pem"));
  }

  private List<RedisServer> masters() {
    return cluster().masters();
  }

  private RedisCluster cluster() {
    return Objects.requireNonNull(cluster);
  }

  /// Each user has a subscriber on the second node and a pusher, which takes turns between the
  /// nodes and pushes once the one before is answered.
  private static final class Traffic implements AutoCloseable {
    private final Map<String, StompClient> phones;
    private final Map<String, Set<String>> accepted = new ConcurrentHashMap<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> pushers = new ArrayList<>();
    private final List<TestNode> nodes;

    Traffic(TestNode one, TestNode two) {
      nodes = List.of(one, two);
      phones = USERS.stream().collect(Collectors.toMap(user -> user, user -> phone(two, user)));
      for (String user : USERS) {
        accepted.put(user, ConcurrentHashMap.newKeySet());
        pushers.add(Thread.ofVirtual().start(() -> push(user)));
      }
    }

    private static StompClient phone(TestNode node, String user) {
      try {
        URI url = URI.create("ws://127.0.0.1:" + node.port() + "/ws");
        StompClient phone = StompClient.connect(url, user, "phone");
        phone.subscribe("0", "/user/queue/q", "auto");
        return phone;
      } catch (InterruptedException interrupted) {
        throw new IllegalStateException(interrupted);
      }
    }

    /// Waits until each of them has got so many more.
    void awaitMore(int more) throws InterruptedException {
      for (StompClient phone : phones.values()) {
        phone.awaitMessages(phone.messages().size() + more / USERS.size());
      }
    }

    /// Every accepted one arrives, once, in order, on the connection that was there all the time.
    void end() throws InterruptedException {
      over.set(true);
      for (Thread pusher : pushers) {
        pusher.join();
      }
      int delivered = USERS.stream().mapToInt(this::delivered).sum();
      System.out.printf(
          "secured Cluster: %d accepted, %d delivered, 0 lost, 0 doubled%n",
          accepted.values().stream().mapToInt(Set::size).sum(), delivered);
    }

    private int delivered(String user) {
      StompClient phone = Objects.requireNonNull(phones.get(user));
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() ->
              assertThat(phone.messages())
                  .extracting(Frame::body)
                  .containsAll(Objects.requireNonNull(accepted.get(user))));
      assertThat(phone.isClosed()).isFalse();
      assertThat(phone.messages()).extracting(Frame::body).doesNotHaveDuplicates();
      assertThat(phone.messages()).extracting(Frame::offset).isSorted();
      return phone.messages().size();
    }

    private void push(String user) {
      Set<String> own = Objects.requireNonNull(accepted.get(user));
      for (int i = 0; !over.get(); i++) {
        String body = "\"" + user + "-" + i + "\"";
        int status =
            nodes
                .get(i % nodes.size())
                .asNobody()
                .header("Authorization", "Bearer " + TestTokens.push())
                .header("Content-Type", "application/json")
                .post("/user/" + user + "/queue/q", body)
                .status();
        if (status == 201) {
          own.add(body);
        }
      }
    }

    @Override
    public void close() {
      over.set(true);
      phones.values().forEach(StompClient::close);
    }
  }
}
