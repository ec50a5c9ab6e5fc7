package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Bell;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.DeadLetter;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.From;
import io.belfry.core.log.Presence.Signal;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.core.log.Session;
import io.belfry.testing.Ports;
import io.belfry.testing.RedisServer;
import io.belfry.transport.tcp.TlsKeys;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/// Connecting as `spring.data.redis.*` says, and doing on such a connection all that a node does.
class ConnectingIT {
  private static final Destination LOG = new Destination.Queue("ann", "q");

  // What docs/running.md says that a user needs.
  private static final List<String> USER =
      List.of(
          "--user belfry on >of-the-user ~belfry:* &belfry:* -@all +@read +@write +@pubsub"
              .concat(" +@scripting +@connection +time -@dangerous")
              .split(" ", -1));

  @TempDir Path directory;

  @Test
  void aUserWithFewRightsADatabaseAndANameAreEnough() throws Exception {
    List<String> settings =
        Stream.concat(Stream.of("--requirepass", "of-the-operator"), USER.stream()).toList();
    try (RedisServer server = RedisServer.start(directory, settings.toArray(String[]::new));
        RedisStore store =
            open(
                "host=127.0.0.1",
                "port=" + server.port(),
                "username=belfry",
                "password=of-the-user",
                "database=3",
                "client-name=node-1")) {
      doesAll(store);

      String clients = server.ask(RedisCommands::clientList);
      assertThat(clients.lines().filter(line -> line.contains("user=belfry")))
          .hasSize(2)
          .allMatch(line -> line.contains("name=node-1"));
      assertThat(server.<Long>ask(RedisCommands::dbsize)).isZero();
      assertThat(server.<String>ask(r -> r.info("keyspace")))
          .contains("db3:")
          .doesNotContain("db0");
    }
  }

  @Test
  void aPasswordAloneIsEnough() throws Exception {
    try (RedisServer server = RedisServer.start(directory, "--requirepass", "secret");
        RedisStore store = open("url=redis://:secret@127.0.0.1:" + server.port())) {
      doesAll(store);
    }
  }

  @Test
  void twoDatabasesOfAServerDoNotHearEachOther() throws Exception {
    try (RedisServer server = RedisServer.start(directory);
        RedisStore one = open("url=" + server.url() + "/1");
        RedisStore two = open("url=" + server.url() + "/2")) {
      BlockingQueue<Bell> bells = new LinkedBlockingQueue<>();
      try (var _ = two.bells().listen(LOG, bells::add)) {
        append(one);
        long own = append(two);

        assertThat(bells.poll(30, TimeUnit.SECONDS))
            .isInstanceOfSatisfying(
                Bell.Grew.class, grew -> assertThat(grew.offset()).isEqualTo(own));
        assertThat(two.logs().after(LOG, 0, 10, 1000).entries()).hasSize(1);
      }
    }
  }

  @Test
  void aBundleMakesItTlsOnBothSides() throws Exception {
    TlsKeys.in(directory).writePem(directory);
    String certificate = directory.resolve("certificate.pem").toString();
    String key = directory.resolve("key.pem").toString();
    int port = Ports.free();
    try (RedisServer server =
            RedisServer.start(
                directory,
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                certificate,
                "--tls-key-file",
                key,
                "--tls-ca-cert-file",
                certificate,
                "--tls-auth-clients",
                "yes");
        RedisStore store =
            open(
                "url=rediss://localhost:" + port,
                "ssl.bundle=redis",
                "=spring.ssl.bundle.pem.redis.truststore.certificate=file:" + certificate,
                "=spring.ssl.bundle.pem.redis.keystore.certificate=file:" + certificate,
                "=spring.ssl.bundle.pem.redis.keystore.private-key=file:" + key)) {
      doesAll(store);
      assertThat(server.<String>ask(RedisCommands::clientList).lines())
          .filteredOn(line -> line.contains("laddr=127.0.0.1:" + port))
          .hasSize(2);
    }
  }

  @Test
  void whoAsksForTheDemosSecretGetsThatOfTheFirst() {
    try (RedisServer server = RedisServer.start(directory)) {
      StandardEnvironment settings = settings("url=" + server.url());
      String first = new RedisDemoSecret().secret(settings);

      assertThat(first).hasSizeGreaterThanOrEqualTo(32);
      assertThat(new RedisDemoSecret().secret(settings)).isEqualTo(first);
      assertThat(new RedisDemoSecret().description(settings))
          .startsWith("the demo's secret in Redis at ")
          .endsWith(":" + server.port());
      server.ask(r -> r.set("belfry:{demo}:secret", "short"));
      assertThatThrownBy(() -> new RedisDemoSecret().secret(settings))
          .hasMessageContaining("demo's secret");
    }
  }

  // Every script and every command.
  private static void doesAll(RedisStore store) throws Exception {
    BlockingQueue<Bell> bells = new LinkedBlockingQueue<>();
    BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    store.presence().onSignal((signal, given) -> signals.add(signal));
    try (var _ = store.bells().listen(LOG, bells::add)) {
      long first = append(store, "Topic", "c", "Idempotency-Key", "k");
      assertThat(bells.poll(30, TimeUnit.SECONDS)).isInstanceOf(Bell.Grew.class);
      long second = append(store, "Topic", "c", "TTL", "100");
      assertThat(bells.poll(30, TimeUnit.SECONDS)).isEqualTo(new Bell.Removed(first));
      CursorKey phone = new CursorKey(LOG, "ann", "phone");
      assertThat(store.cursors().open(phone, new From.Cursor()).start()).isZero();
      store.cursors().merge(Map.of(phone, CursorState.at(second)));
      assertThat(store.cursors().of(LOG, "ann")).containsKey("phone");
      Entry entry = Objects.requireNonNull(store.logs().entry(LOG, second));
      store.deadLetters().add(new DeadLetter(0, phone, 5, "refused", entry));
      long letter = store.deadLetters().after(0, 10).getFirst().offset();
      assertThat(store.deadLetters().redeliver(letter)).isTrue();
      assertThat(store.deadLetters().redeliveries(phone)).containsExactly(second);
      store.logs().retract(LOG, second);
      assertThat(store.logs().after(LOG, 0, 10, 1000).entries()).isEmpty();
    }
    assertThat(store.logs().queues("ann")).containsOnlyKeys("q");
    store.deviceRecords().put("ann", "phone", new byte[] {1}, Instant.now().plusSeconds(60));
    assertThat(store.deviceRecords().get("ann", "phone")).containsExactly(1);
    store.deviceRecords().remove("ann", "phone");
    Session session = new Session("s", "ann", "phone", "stomp", "one", Instant.now());
    store.presence().opened(session);
    Awaitility.await().until(() -> store.presence().of("ann").size() == 1);
    store.presence().closed(session);
    Awaitility.await().until(() -> store.presence().of("ann").isEmpty());
    store.presence().signal(new Signal.Disconnect("ann"));
    assertThat(signals.poll(30, TimeUnit.SECONDS)).isEqualTo(new Signal.Disconnect("ann"));
    Awaitility.await().until(store::isUp);
  }

  private static long append(RedisStore store, String... headers) {
    Map<String, String> named =
        headers.length == 0
            ? Map.of()
            : Stream.iterate(0, i -> i < headers.length, i -> i + 2)
                .collect(Collectors.toMap(i -> headers[i], i -> headers[i + 1]));
    Push push = Push.of(LOG, named, new byte[] {1}, Retention.defaults());
    return Objects.requireNonNull(
        ((Appended.Fresh) store.logs().append(push).join()).receipt().offset());
  }

  private static RedisStore open(String... settings) {
    SpringRedis spring = SpringRedis.of(settings(settings));
    return RedisStore.open(
        RedisServers.of(spring.factory(), spring::close), Retention.defaults(), null);
  }

  // Under `spring.data.redis.`, but for those that begin with `=`.
  private static StandardEnvironment settings(String... settings) {
    Map<String, Object> named =
        Stream.of(settings)
            .map(setting ->
                setting.startsWith("=") ? setting.substring(1) : "spring.data.redis." + setting)
            .collect(
                Collectors.toMap(
                    setting -> setting.substring(0, setting.indexOf('=')),
                    setting -> setting.substring(setting.indexOf('=') + 1)));
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", named));
    return environment;
  }
}
