package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Bell;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.settings.InvalidSettingException;
import io.belfry.testing.Ports;
import io.belfry.testing.RedisServer;
import io.belfry.transport.tcp.TlsKeys;
import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/// Connecting as `spring.data.redis.*` says, and doing on such a connection all that a node does.
class ConnectingIT {
  private static final Destination LOG = new Destination.Queue("ann", "q");

  @TempDir Path directory;

  @Test
  void aUserWithFewRightsADatabaseAndANameAreEnough() throws Exception {
    AclRule rule = AclRule.ofOneServer();
    try (RedisServer server = RedisServer.start(directory, "--requirepass", "of-the-operator")) {
      rule.applyTo(server);
      Servers servers =
          servers(
              "host=127.0.0.1",
              "port=" + server.port(),
              "username=" + AclRule.USER,
              "password=" + AclRule.PASSWORD,
              "database=3",
              "client-name=node-1");
      Everything.isDoneOn(
          servers,
          () -> {
            String clients = server.ask(RedisCommands::clientList);
            assertThat(clients.lines().filter(line -> line.contains("user=belfry")))
                .hasSizeGreaterThan(1)
                .allMatch(line -> line.contains("name=node-1"));
            cutListening(server);
          });

      rule.assertIsWhatWasNeeded(List.of(server));
      assertThat(server.<Long>ask(RedisCommands::dbsize)).isZero();
      assertThat(server.<String>ask(r -> r.info("keyspace")))
          .contains("db3:")
          .doesNotContain("db0");
    }
  }

  @Test
  void aPasswordAloneIsEnough() throws Exception {
    try (RedisServer server = RedisServer.start(directory, "--requirepass", "secret")) {
      Everything.isDoneOn(
          servers("url=redis://:secret@127.0.0.1:" + server.port()), () -> cutListening(server));
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
            "yes")) {
      Servers servers =
          servers(
              "url=rediss://localhost:" + port,
              "ssl.bundle=redis",
              "=spring.ssl.bundle.pem.redis.truststore.certificate=file:" + certificate,
              "=spring.ssl.bundle.pem.redis.keystore.certificate=file:" + certificate,
              "=spring.ssl.bundle.pem.redis.keystore.private-key=file:" + key);
      Everything.isDoneOn(
          servers,
          () -> {
            assertThat(server.<String>ask(RedisCommands::clientList).lines())
                .filteredOn(line -> line.contains("laddr=127.0.0.1:" + port))
                .hasSizeGreaterThan(1);
            cutListening(server);
          });
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

  @Test
  void whereTheDemosSecretCannotBeAskedForTheAddressAndTheReasonAreTold() {
    int nobody = Ports.free();
    assertThatThrownBy(() -> new RedisDemoSecret().secret(settings("port=" + nobody)))
        .hasMessageContainingAll("demo's secret", "localhost:" + nobody, "refused");
  }

  @Test
  void theDemosSecretNeedsNoRightsBesideThoseOfANode() {
    try (RedisServer server = RedisServer.start(directory)) {
      AclRule.ofOneServer().applyTo(server);
      StandardEnvironment settings =
          settings(
              "host=127.0.0.1",
              "port=" + server.port(),
              "username=" + AclRule.USER,
              "password=" + AclRule.PASSWORD);

      assertThat(new RedisDemoSecret().secret(settings))
          .isEqualTo(new RedisDemoSecret().secret(settings));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "url=redis://:pass%word@127.0.0.1:6379",
        "url=redis://:pass#word@127.0.0.1:6379",
        "url=redis://:pass/word@127.0.0.1:6379",
        "url=http://:password@127.0.0.1:6379",
        "port=99999",
        "port=first",
        "ssl.bundle=missing",
        "cluster.nodes=127.0.0.1",
      })
  void settingsThatCannotBeTakenRefuseToStartWithoutTheirPassword(String setting) {
    assertThatThrownBy(() -> SpringRedis.of(settings(setting)))
        .isInstanceOfSatisfying(
            InvalidSettingException.class,
            refused ->
                assertThat(refused.problem() + refused.remedy())
                    .contains("spring.data.redis.")
                    .doesNotContain("word@"));
  }

  private static long append(RedisStore store) {
    Push push = Push.of(LOG, Map.of(), new byte[] {1}, Retention.defaults());
    return Objects.requireNonNull(
        ((Appended.Fresh) store.logs().append(push).join()).receipt().offset());
  }

  private static void cutListening(RedisServer server) {
    server.ask(r -> r.clientKill(KillArgs.Builder.typePubsub()));
  }

  private static RedisStore open(String... settings) {
    return RedisStore.open(servers(settings), Retention.defaults(), null);
  }

  private static Servers servers(String... settings) {
    SpringRedis spring = SpringRedis.of(settings(settings));
    return RedisServers.of(spring.factory(), spring::close);
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
