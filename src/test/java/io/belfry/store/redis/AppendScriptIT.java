package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Push;
import io.belfry.store.redis.AppendScript.Outcome;
import io.belfry.testing.RedisServer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What comes of pushes, as `append.lua` tells it: what the contract of the stores cannot see.
class AppendScriptIT extends AppendFixture {
  @Test
  void whatIsSentAgainIsAppendedOnce() {
    Push push = push("again", Map.of());

    Appended first = run(push, false);
    assertThat(run(push, true)).isEqualTo(first);
    assertThat(length("again")).isEqualTo(1);
    assertThat(run(push("again", Map.of()), true)).isNotEqualTo(first);
    assertThat(length("again")).isEqualTo(2);
  }

  @Test
  void whatIsSentAgainWithAKeyIsStillTheFirst() {
    Push push = push("keyed", Map.of("Idempotency-Key", "k"));

    Appended first = run(push, false);
    assertThat(run(push, true)).isEqualTo(first).isInstanceOf(Appended.Fresh.class);
    assertThat(run(push("keyed", Map.of("Idempotency-Key", "k")), false))
        .isInstanceOf(Appended.Repeated.class);
  }

  @Test
  void whereNobodyCanTellWhetherItWasAppendedItIsRefused() {
    Push push = push("dropped", Map.of());
    run(push, false);
    for (int i = 0; i < 3; i++) {
      run(push("dropped", Map.of()), false);
    }

    AppendScript asked = script();
    assertThat(run(asked, List.of(call(asked, push, true))))
        .containsExactly(new Outcome.Unknowable());
    assertThat(length("dropped")).isEqualTo(3);
  }

  @Test
  void whatMayHaveExpiredSinceItWasAppendedIsNotAppendedOnceMore() {
    Map<String, String> brief = Map.of("TTL", "1");
    Push push = push("brief", brief);
    AppendScript asked = with(3, link());
    assertThat(run(asked, push("still", brief), true)).isInstanceOf(Appended.Fresh.class);
    run(asked, push, false);
    AppendScript later = with(3, at(Instant.now().plusSeconds(2)));
    run(later, push("brief", Map.of()), false);
    assertThat(length("brief")).isEqualTo(1);

    assertThat(run(later, List.of(call(later, push, true))))
        .containsExactly(new Outcome.Unknowable());
    assertThat(length("brief")).isEqualTo(1);
  }

  @Test
  void whatIsBriefAndWasNotAppendedIsAppendedThoughItIsSentAgainWithItsKey() {
    Map<String, String> brief = Map.of("TTL", "1", "Idempotency-Key", "k");
    run(push("keyed-brief", Map.of()), false);

    assertThat(run(push("keyed-brief", brief), true)).isInstanceOf(Appended.Fresh.class);
  }

  @Test
  void anEntryThatIsADeadLetterOfVeryManyDevicesIsCollapsed() {
    Appended first = run(push("poison", Map.of("Topic", "c")), false);
    Long offset = ((Appended.Fresh) first).receipt().offset();
    Object[] notes =
        IntStream.range(0, 10_000)
            .boxed()
            .flatMap(i -> Stream.of(1.0, LogKeys.bytes(offset + " phone user-" + i)))
            .toArray();
    byte[] key = LogKeys.of(new Destination.Topic("poison")).notes();
    Link.await(link().send(c -> c.zadd(key, notes)));

    AppendScript asked = script();
    Outcome outcome =
        run(asked, List.of(asked.call(push("poison", Map.of("Topic", "c"))))).getFirst();

    assertThat(((Outcome.Known) outcome).notes()).hasSize(10_000);
  }

  @Test
  void eachOfThoseThatAreSentTogetherHasItsOwnOutcome() {
    Push keyed = push("first", Map.of("Idempotency-Key", "k", "Topic", "c"));
    Push repeated = push("first", Map.of("Idempotency-Key", "k", "Topic", "c"));
    Push queued = Push.of(new Destination.Queue("ann", "q"), Map.of(), new byte[0], RETENTION);
    Push passing = push("second", Map.of("TTL", "0"));
    Push collapsing = push("first", Map.of("Topic", "c"));
    AppendScript asked = script();

    List<Appended> outcomes =
        run(
                asked,
                Stream.of(keyed, repeated, queued, passing, collapsing).map(asked::call).toList())
            .stream()
            .map(AppendScriptIT::known)
            .toList();

    assertThat(outcomes.get(0)).isInstanceOf(Appended.Fresh.class);
    assertThat(((Appended.Repeated) outcomes.get(1)).receipt())
        .isEqualTo(((Appended.Fresh) outcomes.get(0)).receipt());
    assertThat(((Appended.Fresh) outcomes.get(2)).receipt().id()).isEqualTo(queued.id());
    assertThat(((Appended.Fresh) outcomes.get(3)).receipt().offset()).isNull();
    assertThat(((Appended.Fresh) outcomes.get(4)).receipt().offset())
        .isGreaterThan(((Appended.Fresh) outcomes.get(0)).receipt().offset());
    assertThat(length("first")).isEqualTo(1);
    assertThat(length("second")).isZero();
  }

  @Test
  void whatAFullServerCannotKeepTheKeyOfIsNotRungEither() {
    RedisServer full = server();
    Map<String, String> headers = Map.of("TTL", "0", "Idempotency-Key", "k");
    full.ask(r -> r.configSet("maxmemory", "1"));
    try {
      Map<String, Long> before = full.calls();
      assertThatThrownBy(() -> run(push("passing", headers), false)).hasMessageContaining("OOM");
      assertThat(full.callsSince(before)).doesNotContainKey("publish");
    } finally {
      full.ask(r -> r.configSet("maxmemory", "0"));
    }
    assertThat(run(push("passing", headers), false)).isInstanceOf(Appended.Fresh.class);
    assertThat(run(push("passing", headers), false)).isInstanceOf(Appended.Repeated.class);
  }
}
