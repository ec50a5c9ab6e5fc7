package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.TestNode;
import io.belfry.testing.RedisServer;
import io.belfry.testing.StompClient;
import io.belfry.testing.StompClient.Frame;
import io.belfry.testing.TestTokens;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node whose Redis is the one that a Sentinel names.
class SentinelIT {
  private static final String PASSWORD = "of-all-three";
  private static final int PUSHERS = 3;
  private static final String LOG = "belfry:q:{ann}:q:e";

  @TempDir Path directory;

  /// What happens while pushes go to `master`, which `replica` follows and `sentinel` watches.
  @FunctionalInterface
  private interface FailOver {
    void happen(RedisServer master, RedisServer replica, RedisServer sentinel, Pushes pushes)
        throws Exception;
  }

  @Test
  void pushesGoOnWithTheReplicaOfAMasterThatIsKilled() throws Exception {
    underPushes((master, replica, sentinel, pushes) -> {
      master.kill();
      pushes.awaitMore(100);
      pushes.end();
      assertThat(role(replica)).contains("role:master");
    });
  }

  @Test
  void pushesLeaveAMasterThatHasNotHeardYetThatItIsNoneAnyMore() throws Exception {
    underPushes((master, replica, sentinel, pushes) -> {
      await(() -> sentinel.<String>ask(r -> r.info("sentinel")).contains("slaves=1"));
      sentinel.failOver("belfry");
      await(() -> role(replica).contains("role:master"));
      long had = replica.<Long>ask(r -> r.xlen(LOG));
      await(() -> replica.<Long>ask(r -> r.xlen(LOG)) > had);
      assertThat(role(master)).contains("role:master");
      pushes.awaitMore(100);
    });
  }

  private void underPushes(FailOver failOver) throws Exception {
    try (RedisServer master = server("master", "--repl-diskless-sync-delay", "0");
        RedisServer replica =
            server("replica", "--replicaof", "127.0.0.1", Integer.toString(master.port()))) {
      await(() -> role(replica).contains("link_status:up"));
      try (RedisServer sentinel =
              RedisServer.sentinel(folder("sentinel"), "belfry", master, PASSWORD);
          TestNode node = node(sentinel);
          Pushes pushes = new Pushes(node)) {
        pushes.awaitMore(100);
        failOver.happen(master, replica, sentinel, pushes);
      }
    }
  }

  private static String role(RedisServer server) {
    return server.ask(r -> r.info("replication"));
  }

  private TestNode node(RedisServer sentinel) throws Exception {
    return TestNode.startWithoutSecret(
        folder("node"),
        "belfry.auth.secret=" + TestTokens.SECRET,
        "belfry.store=redis",
        "belfry.drain=1s",
        "belfry.inbox.max-messages=1000000",
        "spring.data.redis.password=" + PASSWORD,
        "spring.data.redis.sentinel.master=belfry",
        "spring.data.redis.sentinel.password=" + PASSWORD,
        "spring.data.redis.sentinel.nodes=127.0.0.1:" + sentinel.port());
  }

  private RedisServer server(String name, String... settings) throws Exception {
    List<String> passwords = List.of("--requirepass", PASSWORD, "--masterauth", PASSWORD);
    String[] all = Stream.concat(passwords.stream(), Stream.of(settings)).toArray(String[]::new);
    return RedisServer.start(folder(name), all);
  }

  private Path folder(String name) throws Exception {
    return Files.createDirectories(directory.resolve(name));
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
  }

  /// A few pushers, one push at a time each, and a subscriber that is there all the time.
  private static final class Pushes implements AutoCloseable {
    private final TestNode node;
    private final StompClient phone;
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> threads;

    Pushes(TestNode node) throws InterruptedException {
      this.node = node;
      phone = StompClient.connect(URI.create("ws://127.0.0.1:" + node.port() + "/ws"), "ann", "p");
      phone.subscribe("0", "/user/queue/q", "auto");
      threads =
          IntStream.range(0, PUSHERS)
              .mapToObj(pusher -> Thread.ofVirtual().start(() -> push(pusher)))
              .toList();
    }

    void awaitMore(int more) {
      int from = accepted.size();
      await(() -> accepted.size() >= from + more);
    }

    /// What the replica did not have yet when the master was killed is lost: of each pusher, one at
    /// most. All else comes, once and in order.
    void end() throws InterruptedException {
      over.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      await(() -> lost().size() <= PUSHERS);
      List<Frame> delivered = phone.messages();
      assertThat(phone.isClosed()).isFalse();
      assertThat(delivered).extracting(Frame::body).doesNotHaveDuplicates();
      assertThat(delivered).extracting(Frame::offset).isSorted();
      System.out.printf(
          "fail-over: %d accepted, %d delivered, %d lost, 0 doubled%n",
          accepted.size(), delivered.size(), lost().size());
    }

    private Set<String> lost() {
      Set<String> lost = new HashSet<>(accepted);
      phone.messages().forEach(message -> lost.remove(message.body()));
      return lost;
    }

    private void push(int pusher) {
      for (int i = 0; !over.get(); i++) {
        String body = "\"" + pusher + "-" + i + "\"";
        int status =
            node.asNobody()
                .header("Authorization", "Bearer " + TestTokens.push())
                .header("Content-Type", "application/json")
                .post("/user/ann/queue/q", body)
                .status();
        if (status == 201) {
          accepted.add(body);
        }
      }
    }

    @Override
    public void close() {
      over.set(true);
      phone.close();
    }
  }
}
