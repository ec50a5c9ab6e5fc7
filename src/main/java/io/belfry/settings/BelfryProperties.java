package io.belfry.settings;

import static io.belfry.settings.InvalidSettingException.unless;

import io.belfry.core.log.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/// The settings of a node, `belfry.*`. A value that is out of its bounds refuses to start and names
/// its key.
///
/// @param store `embedded` or `redis`
/// @param dataDir of the embedded store
/// @param auth how tokens are checked, where Spring Boot's own settings do not say it
/// @param demo whether to run in demo mode; unset: where no authentication is configured
/// @param allowedOrigins of browsers, beside the same origin
/// @param inbox what a log keeps
/// @param delivery how entries reach a subscription
/// @param idempotency how long keys are remembered
/// @param heartbeat both ways on STOMP, WebSocket pings and SSE comments too
/// @param stomp the plain STOMP door
/// @param mqtt the plain MQTT door
/// @param limits what one client may use
/// @param node this node's name; unset: the host name and a random tail
/// @param drain how long a stopping node takes to hand its clients over
@ConfigurationProperties("belfry")
public record BelfryProperties(
    @DefaultValue("embedded") StoreKind store,
    @DefaultValue("./data") Path dataDir,
    @DefaultValue Auth auth,
    @Nullable Boolean demo,
    @DefaultValue List<String> allowedOrigins,
    @DefaultValue Inbox inbox,
    @DefaultValue Delivery delivery,
    @DefaultValue Idempotency idempotency,
    @DefaultValue("10s") Duration heartbeat,
    @DefaultValue Door stomp,
    @DefaultValue Door mqtt,
    @DefaultValue Limits limits,
    @Nullable String node,
    @DefaultValue("20s") Duration drain) {

  private static final Duration SHORTEST_HEARTBEAT = Duration.ofMillis(100);
  private static final Duration LONGEST_HEARTBEAT = Duration.ofHours(1);

  // What is longer than a century overflows the clocks.
  private static final Duration LONGEST = Duration.ofDays(36_500);
  private static final int MAX_WINDOW = 10_000;
  private static final DataSize MAX_BODY = DataSize.ofMegabytes(64);
  private static final Pattern NODE = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  public BelfryProperties {
    allowedOrigins = List.copyOf(allowedOrigins);
    node = node == null || node.isEmpty() ? null : node;
    unless(
        heartbeat.compareTo(SHORTEST_HEARTBEAT) >= 0 && heartbeat.compareTo(LONGEST_HEARTBEAT) <= 0,
        "belfry.heartbeat",
        "100ms to 1h");
    unless(!drain.isNegative() && drain.compareTo(LONGEST) <= 0, "belfry.drain", "0s to 36500d");
    unless(
        node == null || NODE.matcher(node).matches(),
        "belfry.node",
        "1 to 128 of A-Z a-z 0-9 . _ -");
    checkPort("belfry.stomp.port", stomp.port());
    checkPort("belfry.mqtt.port", mqtt.port());
  }

  /// Which store a node keeps its logs in.
  public enum StoreKind {
    EMBEDDED,
    REDIS
  }

  /// @param secret HS256, at least 32 bytes; an empty one is none
  public record Auth(@Nullable String secret) {}

  /// @param ttl of an entry at most
  /// @param maxMessages of one log, exactly
  /// @param deviceTtl of a cursor that nobody uses
  public record Inbox(
      @DefaultValue("7d") Duration ttl,
      @DefaultValue("1000") int maxMessages,
      @DefaultValue("30d") Duration deviceTtl) {
    public Inbox {
      aSecondOrMore("belfry.inbox.ttl", ttl);
      positive("belfry.inbox.max-messages", maxMessages);
      aSecondOrMore("belfry.inbox.device-ttl", deviceTtl);
    }
  }

  /// @param window how many unsettled entries may be in flight, 1 to 10,000
  /// @param ackTimeout after which the oldest unsettled entry comes again
  /// @param maxDeliveries how many refusals make a dead letter
  public record Delivery(
      @DefaultValue("256") int window,
      @DefaultValue("30s") Duration ackTimeout,
      @DefaultValue("5") int maxDeliveries) {
    public Delivery {
      unless(window >= 1 && window <= MAX_WINDOW, "belfry.delivery.window", "1 to 10000");
      unless(
          ackTimeout.compareTo(SHORTEST_HEARTBEAT) >= 0 && ackTimeout.compareTo(LONGEST) <= 0,
          "belfry.delivery.ack-timeout",
          "100ms to 36500d");
      positive("belfry.delivery.max-deliveries", maxDeliveries);
    }
  }

  /// @param keep how long a key is remembered
  public record Idempotency(@DefaultValue("24h") Duration keep) {
    public Idempotency {
      aSecondOrMore("belfry.idempotency.keep", keep);
    }
  }

  /// @param port of the plain door; unset: it is shut
  /// @param sslBundle the name of a Spring Boot SSL bundle, which makes the door TLS
  public record Door(@Nullable Integer port, @Nullable String sslBundle) {}

  /// @param body of a message
  /// @param connectionsPerUser on this node, not for the scope `push`
  /// @param connections on this node; unset: no limit
  /// @param pushRate a second and `sub`, on this node; unset: no limit
  public record Limits(
      @DefaultValue("64KB") DataSize body,
      @DefaultValue("32") int connectionsPerUser,
      @Nullable Integer connections,
      @Nullable Integer pushRate) {
    public Limits {
      unless(
          body.toBytes() >= 1 && body.compareTo(MAX_BODY) <= 0, "belfry.limits.body", "1B to 64MB");
      positive("belfry.limits.connections-per-user", connectionsPerUser);
      positive("belfry.limits.connections", connections);
      positive("belfry.limits.push-rate", pushRate);
    }
  }

  /// The settings in this environment, where there is no application context that would bind them.
  public static BelfryProperties of(Environment environment) {
    try {
      return Binder.get(environment).bindOrCreate("belfry", BelfryProperties.class);
    } catch (BindException failure) {
      throw MalformedSetting.of(failure);
    }
  }

  /// What a log keeps, as the stores want it.
  public Retention retention() {
    return new Retention(inbox.ttl(), inbox.maxMessages(), inbox.deviceTtl(), idempotency.keep());
  }

  private static void positive(String key, @Nullable Integer value) {
    unless(value == null || value >= 1, key, "1 or more");
  }

  private static void aSecondOrMore(String key, Duration value) {
    unless(
        value.compareTo(Duration.ofSeconds(1)) >= 0 && value.compareTo(LONGEST) <= 0,
        key,
        "1s to 36500d");
  }

  private static void checkPort(String key, @Nullable Integer port) {
    unless(port == null || ServerPort.isPort(port), key, "0 to 65535");
  }
}
