package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.store.redis.AppendScript.Outcome;
import io.belfry.testing.RedisServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/// `append.lua` on a real server, with its own time: what the contract of the stores cannot see.
class AppendScriptIT {
  private static final Retention RETENTION =
      new Retention(Duration.ofDays(1), 3, Duration.ofDays(1), Duration.ofHours(1));

  @TempDir static Path directory;
  private static @Nullable RedisServer server;
  private static @Nullable Servers servers;
  private static @Nullable Link link;
  private static @Nullable AppendScript script;

  @BeforeAll
  static void start() {
    RedisServer started = RedisServer.start(directory);
    server = started;
    Servers connected =
        OpenStores.servers(new RedisStandaloneConfiguration("127.0.0.1", started.port()));
    servers = connected;
    Link linked = Link.connect(connected, null);
    link = linked;
    script = new AppendScript(linked, RETENTION);
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(servers).close();
    Objects.requireNonNull(server).close();
  }

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

    AppendScript asked = Objects.requireNonNull(script);
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
    Link.await(Objects.requireNonNull(link).send(c -> c.zadd(key, notes)));

    AppendScript asked = Objects.requireNonNull(script);
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
    AppendScript asked = Objects.requireNonNull(script);

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
  void everyKeyEndsByItselfAndHasTheTagOfItsLog() {
    for (int i = 0; i < 5; i++) {
      Map<String, String> headers =
          Map.of("Topic", "c" + i, "Idempotency-Key", "k" + i, "TTL", Integer.toString(900 - i));
      run(push("tagged", headers), false);
    }

    assertThat(Objects.requireNonNull(server).<List<String>>ask(r -> r.keys("*tagged*")))
        .hasSizeGreaterThan(8)
        .allSatisfy(key -> {
          assertThat(key).contains("{tagged}");
          assertThat(Objects.requireNonNull(server).<Long>ask(r -> r.pttl(key))).isPositive();
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

    long life = Objects.requireNonNull(server).<Long>ask(r -> r.pttl("belfry:t:{marked}:k"));
    assertThat(life).isGreaterThan(890_000);
  }

  @Test
  void theListOfAUsersQueuesLivesAsLongAsTheirHeads() {
    Destination queue = new Destination.Queue("eve", "q");
    Push push = Push.of(queue, Map.of(), new byte[] {1}, RETENTION);
    assertThat(run(push, false)).isInstanceOf(Appended.Fresh.class);

    long life = Objects.requireNonNull(server).<Long>ask(r -> r.pttl("belfry:u:{eve}:q"));
    assertThat(life).isGreaterThan(AppendScript.HEAD_LIFE.toMillis());
  }

  // Its offsets must not begin anew while somebody has a cursor in it.
  @Test
  void theHeadOfALogThatIsUsedLivesOn() {
    Instant now = Instant.now();
    run(push("headed", Map.of()), false);
    String head = "belfry:t:{headed}:h";
    assertThat(Objects.requireNonNull(server).<Boolean>ask(r -> r.pexpire(head, 1_000_000)))
        .isTrue();

    appendAt(now.plus(Duration.ofDays(30)), "headed");
    assertThat(Objects.requireNonNull(server).<Long>ask(r -> r.pttl(head))).isLessThan(1_000_001);

    appendAt(now.plus(Duration.ofDays(60)), "headed");
    assertThat(Objects.requireNonNull(server).<Long>ask(r -> r.pttl(head)))
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

  @Test
  void whatAFullServerCannotKeepTheKeyOfIsNotRungEither() {
    RedisServer full = Objects.requireNonNull(server);
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

  private static void appendAt(Instant time, String topic) {
    assertThat(run(with(3, at(time)), push(topic, Map.of()), false))
        .isInstanceOf(Appended.Fresh.class);
  }

  private static Link at(Instant time) {
    return Link.connect(Objects.requireNonNull(servers), () -> time);
  }

  private static Link link() {
    return Objects.requireNonNull(link);
  }

  private static AppendScript with(int maxMessages, Link link) {
    return new AppendScript(
        link,
        new Retention(
            RETENTION.ttl(), maxMessages, RETENTION.deviceTtl(), RETENTION.idempotencyKeep()));
  }

  private static long lifeOf(String topic) {
    return Objects.requireNonNull(server).<Long>ask(r -> r.pttl("belfry:t:{" + topic + "}:e"));
  }

  private static Appended run(Push push, boolean again) {
    return run(Objects.requireNonNull(script), push, again);
  }

  private static Appended run(AppendScript script, Push push, boolean again) {
    return known(run(script, List.of(call(script, push, again))).getFirst());
  }

  private static List<Outcome> run(AppendScript script, List<AppendScript.Call> calls) {
    return script.run(calls).join();
  }

  private static AppendScript.Call call(AppendScript script, Push push, boolean again) {
    AppendScript.Call call = script.call(push);
    return again ? call.sentAgain() : call;
  }

  private static Appended known(Outcome outcome) {
    return ((Outcome.Known) outcome).appended();
  }

  private static long length(String topic) {
    return Objects.requireNonNull(server).<Long>ask(r -> r.xlen("belfry:t:{" + topic + "}:e"));
  }

  private static Push push(String topic, Map<String, String> headers) {
    byte[] body = "body".getBytes(StandardCharsets.UTF_8);
    return Push.of(new Destination.Topic(topic), headers, body, RETENTION);
  }
}
