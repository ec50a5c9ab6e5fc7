package io.belfry.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.InMemoryStore;
import io.belfry.core.log.Retention;
import io.belfry.security.Caller;
import io.belfry.security.PushRate;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class BatchPushTests {
  private static final Caller CALLER = new Caller("service", true, false, Instant.MAX);
  private static final int LINES = 3000;

  private final InMemoryStore store = new InMemoryStore();

  @Test
  void triesNothingMoreOnceTheStoreWasAwayForTooLong() throws Exception {
    assertThat(answers(Duration.ZERO, answered -> answered == 0))
        .hasSize(LINES)
        .allMatch(line -> line.contains(":503"));
  }

  @Test
  void triesOnWhereTheStoreWasAwayForAMoment() throws Exception {
    assertThat(answers(Duration.ofMinutes(1), answered -> answered == 0))
        .hasSize(LINES)
        .last()
        .asString()
        .contains(":201");
  }

  @Test
  void triesOnWhereTheStoreTakesAgainWhatIsUnderWay() throws Exception {
    assertThat(answers(Duration.ZERO, answered -> answered == 100))
        .hasSize(LINES)
        .last()
        .asString()
        .contains(":201");
  }

  // The store is away as the number of lines that are answered says.
  private List<String> answers(Duration storePatience, IntPredicate isAway) throws Exception {
    Appender appender =
        new Appender(store.logs(), Retention.defaults(), new PushRate(null), new PushCounters());
    BatchPush batch = new BatchPush(appender, 1024, Duration.ZERO, storePatience);
    byte[] lines =
        "{\"to\":\"/topic/t\",\"body\":1}\n".repeat(LINES).getBytes(StandardCharsets.UTF_8);
    store.away = isAway.test(0);
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          private int answered;

          @Override
          public synchronized void write(byte[] bytes, int from, int length) {
            answered++;
            store.away = isAway.test(answered);
            super.write(bytes, from, length);
          }
        };
    batch.append(CALLER, lines, out);
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
