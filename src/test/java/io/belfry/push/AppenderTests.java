package io.belfry.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.belfry.core.log.Destination;
import io.belfry.core.log.InMemoryStore;
import io.belfry.core.log.Retention;
import io.belfry.security.Caller;
import io.belfry.security.PushRate;
import io.belfry.web.Problem;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AppenderTests {
  private static final Caller CALLER = new Caller("service", true, false, Instant.MAX);
  private static final Destination TOPIC = new Destination.Topic("t");

  private final InMemoryStore store = new InMemoryStore();
  private final PushCounters counters = new PushCounters();
  private final Appender appender =
      new Appender(store.logs(), Retention.defaults(), new PushRate(null), counters);

  @Test
  void countsHowPushesEnd() throws Exception {
    Map<String, String> key = Map.of("Idempotency-Key", "k");

    appender.await(appender.begin(CALLER, TOPIC, key, new byte[1]));
    appender.await(appender.begin(CALLER, TOPIC, key, new byte[1]));
    appender.await(appender.begin(CALLER, TOPIC, Map.of("TTL", "0"), new byte[1]));
    appender.refused(Problem.of(429));
    appender.refused(Problem.of(413));
    appender.refused(Problem.of(503));

    for (PushCounters.Result result : PushCounters.Result.values()) {
      assertThat(counters.count(result)).as(result.name()).isEqualTo(1);
    }
  }

  @Test
  void saysNothingOfWhatNobodyExpected() {
    var broken =
        new Appender.Begun(
            TOPIC, CompletableFuture.failedFuture(new IllegalStateException("secret")));

    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> appender.await(broken))
        .satisfies(refused -> {
          assertThat(refused.problem().status()).isEqualTo(500);
          assertThat(refused.problem().detail()).doesNotContain("secret");
        });
  }
}
