package io.belfry.store.redis;

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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/// `append.lua` on a real server, with its own time.
abstract class AppendFixture {
  static final Retention RETENTION =
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

  static Link at(Instant time) {
    return Link.connect(Objects.requireNonNull(servers), () -> time);
  }

  static RedisServer server() {
    return Objects.requireNonNull(server);
  }

  static AppendScript script() {
    return Objects.requireNonNull(script);
  }

  static Link link() {
    return Objects.requireNonNull(link);
  }

  static AppendScript with(int maxMessages, Link link) {
    return new AppendScript(
        link,
        new Retention(
            RETENTION.ttl(), maxMessages, RETENTION.deviceTtl(), RETENTION.idempotencyKeep()));
  }

  static Appended run(Push push, boolean again) {
    return run(script(), push, again);
  }

  static Appended run(AppendScript script, Push push, boolean again) {
    return known(run(script, List.of(call(script, push, again))).getFirst());
  }

  static List<Outcome> run(AppendScript script, List<AppendScript.Call> calls) {
    return script.run(calls).join();
  }

  static AppendScript.Call call(AppendScript script, Push push, boolean again) {
    AppendScript.Call call = script.call(push);
    return again ? call.sentAgain() : call;
  }

  static Appended known(Outcome outcome) {
    return ((Outcome.Known) outcome).appended();
  }

  static long length(String topic) {
    return server().<Long>ask(r -> r.xlen("belfry:t:{" + topic + "}:e"));
  }

  static Push push(String topic, Map<String, String> headers) {
    byte[] body = "body".getBytes(StandardCharsets.UTF_8);
    return Push.of(new Destination.Topic(topic), headers, body, RETENTION);
  }
}
