package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.StallingProxy;
import io.belfry.core.log.Appended;
import io.belfry.core.log.Bell;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Presence.Signal;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.core.log.StoreUnavailableException;
import io.belfry.testing.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/// Connections to Redis that nobody has closed and that pass nothing on any more.
class HalfOpenIT {
  private static final Destination LOG = new Destination.Topic("t");

  @TempDir static Path directory;
  private static @Nullable RedisServer server;

  private record Heard(Signal signal, Instant given) {}

  @BeforeAll
  static void start() {
    server = RedisServer.start(directory);
  }

  @AfterAll
  static void stop() {
    server().close();
  }

  @Test
  void aListeningThatHearsNothingIsBuiltAnewAndWhatItMissedIsLookedAt() throws Exception {
    try (StallingProxy network = StallingProxy.to(server().port(), "SUBSCRIBE");
        RedisStore deaf = open(network);
        RedisStore other = OpenStores.open(server(), Retention.defaults(), null)) {
      BlockingQueue<Bell> bells = new LinkedBlockingQueue<>();
      BlockingQueue<Heard> signals = new LinkedBlockingQueue<>();
      deaf.presence().onSignal((signal, given) -> signals.add(new Heard(signal, given)));
      var listening = deaf.bells().listen(LOG, bells::add);
      Awaitility.await().until(deaf::isUp);

      network.stallMarked();
      Instant before = Instant.now();
      long missed = append(other);
      Signal signal = new Signal.Disconnect("ann");
      other.presence().signal(signal);

      // No live bell, no live signal: both come of looking.
      assertThat(bells.poll(30, TimeUnit.SECONDS)).isEqualTo(new Bell.Look());
      assertThat(deaf.logs().last(LOG)).isEqualTo(missed);
      assertThat(signals.poll(30, TimeUnit.SECONDS))
          .isNotNull()
          .satisfies(heard -> {
            assertThat(heard.signal()).isEqualTo(signal);
            assertThat(heard.given()).isBetween(before.minusMillis(1), Instant.now());
          });
      assertThat(deaf.rebuilt()).isEqualTo(1);
      long next = append(other);
      assertThat(bells.poll(30, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              Bell.Grew.class,
              grew -> {
                assertThat(grew.previous()).isEqualTo(missed);
                assertThat(grew.offset()).isEqualTo(next);
              });
      listening.close();
    }
  }

  @Test
  void pushesOnAConnectionThatIsNotAnsweredAreRefusedAndGoOnOnAnotherOne() throws Exception {
    try (StallingProxy network = StallingProxy.to(server().port());
        RedisStore store = open(network)) {
      Awaitility.await().until(store::isUp);
      long before = append(store);

      network.stall();
      CompletableFuture<Appended> refused = store.logs().append(push());
      assertThat(refused)
          .failsWithin(Duration.ofSeconds(30))
          .withThrowableOfType(ExecutionException.class)
          .havingCause()
          .isInstanceOf(StoreUnavailableException.class);
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !store.isUp());
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(store::isUp);

      long after = append(store);
      // The refused one passed the network on its way to the server or did not; the others did.
      assertThat(store.logs().after(LOG, before, 10, 1000).entries())
          .hasSizeBetween(1, 2)
          .last()
          .satisfies(entry -> assertThat(entry.offset()).isEqualTo(after));
      assertThat(store.waiting()).isZero();
    }
  }

  private static RedisStore open(StallingProxy network) throws IOException {
    return OpenStores.open(
        new RedisStandaloneConfiguration("127.0.0.1", network.port()), Retention.defaults(), null);
  }

  private static long append(RedisStore store) {
    return Objects.requireNonNull(
        ((Appended.Fresh) store.logs().append(push()).join()).receipt().offset());
  }

  private static Push push() {
    return Push.of(LOG, Map.of(), new byte[] {1}, Retention.defaults());
  }

  private static RedisServer server() {
    return Objects.requireNonNull(server);
  }
}
