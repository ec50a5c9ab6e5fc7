package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.testing.RedisServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/// The order of appends on a Redis that refuses them for a while, tick by tick.
class AppendsIT {
  @TempDir Path directory;

  @Test
  void whatComesIsBehindWhatWaitsToBeSentAgain() {
    try (RedisServer server = RedisServer.start(directory);
        Servers servers =
            OpenStores.servers(new RedisStandaloneConfiguration("127.0.0.1", server.port()))) {
      Link link = Link.connect(servers, null);
      Appends appends = new Appends(new AppendScript(link, Retention.defaults()), places -> {});
      long before = offset(appends.append(push()));
      server.ask(r -> r.replicaof("127.0.0.1", 1));
      CompletableFuture<Appended> first = appends.append(push());
      CompletableFuture<Appended> second = appends.append(push());
      awaitAnswered(link);
      server.ask(r -> r.replicaofNoOne());

      CompletableFuture<Appended> third = appends.append(push());
      appends.tick();

      List<Long> offsets = Stream.of(first, second, third).map(AppendsIT::offset).toList();
      assertThat(offsets).isSorted().doesNotHaveDuplicates().allMatch(offset -> offset > before);
    }
  }

  // Answers come in the order of commands: this one's after those to all that was sent before.
  private static void awaitAnswered(Link link) {
    assertThat(link.publish(LogKeys.bytes("belfry:test"), new byte[] {1}).join()).isZero();
  }

  private static long offset(CompletableFuture<Appended> answer) {
    Appended.Fresh fresh = (Appended.Fresh) answer.orTimeout(30, TimeUnit.SECONDS).join();
    return Objects.requireNonNull(fresh.receipt().offset());
  }

  private static Push push() {
    return Push.of(
        new Destination.Topic("ordered"), Map.of(), new byte[] {1}, Retention.defaults());
  }
}
