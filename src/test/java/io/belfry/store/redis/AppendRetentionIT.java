package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Push;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// How long what `append.lua` writes lives, and what goes with later appends.
class AppendRetentionIT extends AppendFixture {
  @Test
  void everyKeyEndsByItselfAndHasTheTagOfItsLog() {
    for (int i = 0; i < 5; i++) {
      Map<String, String> headers =
          Map.of("Topic", "c" + i, "Idempotency-Key", "k" + i, "TTL", Integer.toString(900 - i));
      run(push("tagged", headers), false);
    }

    assertThat(server().<List<String>>ask(r -> r.keys("*tagged*")))
        .hasSizeGreaterThan(8)
        .allSatisfy(key -> {
          assertThat(key).contains("{tagged}");
          assertThat(server().<Long>ask(r -> r.pttl(key))).isPositive();
        });
  }

  @Test
  void aLogEndsAfterItsLastEntryAndNotBefore() {
    run(push("living", Map.of("TTL", "100")), false);
    assertThat(lifeOf("living")).isBetween(90_000L, 120_000L);

    run(push("living", Map.of("TTL", "1000")), false);
    assertThat(lifeOf("living")).isBetween(990_000L, 1_200_000L);

    run(push("living", Map.of("TTL", "100")), false);
    assertThat(lifeOf("living")).isGreaterThan(990_000L);
  }

  @Test
  void whatAKeyCollapsesIsKnownAsLongAsTheLogLives() {
    run(push("marked", Map.of("Topic", "lives", "TTL", "900")), false);
    run(push("marked", Map.of("Topic", "ends", "TTL", "10")), false);

    long life = server().<Long>ask(r -> r.pttl("belfry:t:{marked}:k"));
    assertThat(life).isGreaterThan(890_000);
  }

  @Test
  void theListOfAUsersQueuesLivesAsLongAsTheirHeads() {
    Destination queue = new Destination.Queue("eve", "q");
    Push push = Push.of(queue, Map.of(), new byte[] {1}, RETENTION);
    assertThat(run(push, false)).isInstanceOf(Appended.Fresh.class);

    long life = server().<Long>ask(r -> r.pttl("belfry:u:{eve}:q"));
    assertThat(life).isGreaterThan(AppendScript.HEAD_LIFE.toMillis());
  }

  // Its offsets must not begin anew while somebody has a cursor in it.
  @Test
  void theHeadOfALogThatIsUsedLivesOn() {
    Instant now = Instant.now();
    run(push("headed", Map.of()), false);
    String head = "belfry:t:{headed}:h";
    assertThat(server().<Boolean>ask(r -> r.pexpire(head, 1_000_000))).isTrue();

    appendAt(now.plus(Duration.ofDays(30)), "headed");
    assertThat(server().<Long>ask(r -> r.pttl(head))).isLessThan(1_000_001);

    appendAt(now.plus(Duration.ofDays(60)), "headed");
    assertThat(server().<Long>ask(r -> r.pttl(head)))
        .isGreaterThan(AppendScript.HEAD_LIFE.toMillis());
  }

  @Test
  void whereANodeKeepsFewerEntriesItsAppendsDropWhatIsTooMuch() {
    AppendScript fewer = with(1, link());
    run(push("shared", Map.of()), false);
    run(push("shared", Map.of()), false);

    run(fewer, push("shared", Map.of()), false);
    assertThat(length("shared")).isEqualTo(1);
    for (int i = 0; i < 4; i++) {
      run(push("shared", Map.of()), false);
    }
    assertThat(length("shared")).isEqualTo(3);
  }

  @Test
  void whatHasExpiredGoesWithLaterAppendsThoughThereIsRoom() {
    AppendScript roomy = with(1000, link());
    for (int i = 0; i < 150; i++) {
      run(roomy, push("roomy", Map.of("TTL", "600")), false);
    }
    AppendScript later = with(1000, at(Instant.now().plusSeconds(3600)));

    run(later, push("roomy", Map.of()), false);
    assertThat(length("roomy")).isEqualTo(51);
    run(later, push("roomy", Map.of()), false);
    assertThat(length("roomy")).isEqualTo(2);
  }

  @Test
  void whatHasExpiredGoesBeforeWhatLives() {
    AppendScript roomy = with(1000, link());
    run(roomy, push("full", Map.of()), false);
    for (int i = 0; i < 250; i++) {
      run(roomy, push("full", Map.of("TTL", "600")), false);
    }

    run(with(20, at(Instant.now().plusSeconds(3600))), push("full", Map.of()), false);
    assertThat(length("full")).isEqualTo(2);
  }

  private static void appendAt(Instant time, String topic) {
    assertThat(run(with(3, at(time)), push(topic, Map.of()), false))
        .isInstanceOf(Appended.Fresh.class);
  }

  private static long lifeOf(String topic) {
    return server().<Long>ask(r -> r.pttl("belfry:t:{" + topic + "}:e"));
  }
}
