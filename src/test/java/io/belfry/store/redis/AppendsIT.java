package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.testing.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/// The order of appends on a Redis that refuses them for a while, tick by tick.
class AppendsIT {
  @TempDir Path directory;
  private RedisServer server;
  private Servers servers;
  private Link link;
  private Appends appends;

  @BeforeEach
  void start() {
    server = RedisServer.start(directory);
    servers = OpenStores.servers(new RedisStandaloneConfiguration("127.0.0.1", server.port()));
    link = Link.connect(servers, null);
    appends = new Appends(new AppendScript(link, Retention.defaults()), (log, notes) -> {});
  }

  @AfterEach
  void stop() {
    servers.close();
    server.close();
  }

  @Test
  void whatComesIsBehindWhatWaitsToBeSentAgain() {
    long before = offset(appends.append(push("ordered")));
    server.ask(r -> r.replicaof("127.0.0.1", 1));
    CompletableFuture<Appended> first = appends.append(push("ordered"));
    CompletableFuture<Appended> second = appends.append(push("ordered"));
    awaitAnswered();
    server.ask(r -> r.replicaofNoOne());

    CompletableFuture<Appended> third = appends.append(push("ordered"));
    appends.tick();

    List<Long> offsets = Stream.of(first, second, third).map(AppendsIT::offset).toList();
    assertThat(offsets).isSorted().doesNotHaveDuplicates().allMatch(offset -> offset > before);
  }

  @Test
  void whatGathersIsSentTogetherAndStaysInOrder() {
    offset(appends.append(push("ordered")));
    Map<String, Long> before = server.calls();

    List<CompletableFuture<Appended>> answers =
        IntStream.range(0, 1_000).mapToObj(i -> appends.append(push("ordered"))).toList();

    assertThat(answers.stream().map(AppendsIT::offset).toList()).isSorted().doesNotHaveDuplicates();
    assertThat(server.callsSince(before).get("evalsha")).isLessThan(500);
  }

  @Test
  void whatHasGatheredWaitsWithThoseBeforeItThatAreSentAgain() {
    offset(appends.append(push("ordered")));
    server.ask(r -> r.replicaof("127.0.0.1", 1));
    Map<String, Long> before = server.calls();
    server.ask(r -> r.clientPause(500));

    List<CompletableFuture<Appended>> answers =
        IntStream.range(0, 20).mapToObj(i -> appends.append(push("ordered"))).toList();
    awaitAnswered();
    assertThat(server.callsSince(before).get("evalsha")).isEqualTo(1);
    server.ask(r -> r.replicaofNoOne());
    appends.tick();

    assertThat(answers.stream().map(AppendsIT::offset).toList()).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void whatIsRefusedFailsWithoutThoseThatWereSentWithIt() {
    server.ask(r -> r.set("belfry:t:{broken}:e", "no stream"));
    server.ask(r -> r.clientPause(500));
    // So many that what comes after them gathers.
    List<CompletableFuture<Appended>> before =
        IntStream.range(0, 8).mapToObj(i -> appends.append(push("before"))).toList();
    CompletableFuture<Appended> good = appends.append(push("good"));
    CompletableFuture<Appended> broken = appends.append(push("broken"));
    CompletableFuture<Appended> better = appends.append(push("better"));

    while (!broken.isDone()) {
      appends.tick();
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(broken).isCompletedExceptionally();
    assertThat(before).allMatch(answer -> offset(answer) > 0);
    assertThat(List.of(offset(good), offset(better))).allMatch(offset -> offset > 0);
    for (String topic : List.of("good", "better")) {
      assertThat(server.<Long>ask(r -> r.xlen("belfry:t:{" + topic + "}:e"))).isEqualTo(1);
    }
  }

  // While as many wait as may, some are refused and others answered at the same moment.
  @Test
  void whatWaitedIsCountedNoMoreHoweverMuchWasRefused() throws Exception {
    server.ask(r -> r.clientPause(500));
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> pushers =
        IntStream.range(0, 2)
            .mapToObj(pusher ->
                Thread.ofPlatform()
                    .start(() -> {
                      while (!over.get()) {
                        var _ = appends.append(push("counted"));
                      }
                    }))
            .toList();
    assertThat(pushers.getFirst().join(Duration.ofSeconds(2))).isFalse();
    over.set(true);
    for (Thread pusher : pushers) {
      pusher.join();
    }
    appends.close();

    assertThat(appends.count()).isZero();
    assertThat(appends.bytes()).isZero();
  }

  // Answers come in the order of commands: this one's after those to all that was sent before.
  private void awaitAnswered() {
    assertThat(link.publish(LogKeys.bytes("belfry:test"), new byte[] {1}).join()).isZero();
  }

  private static long offset(CompletableFuture<Appended> answer) {
    Appended.Fresh fresh = (Appended.Fresh) answer.orTimeout(30, TimeUnit.SECONDS).join();
    return Objects.requireNonNull(fresh.receipt().offset());
  }

  private static Push push(String topic) {
    return Push.of(new Destination.Topic(topic), Map.of(), new byte[] {1}, Retention.defaults());
  }
}
