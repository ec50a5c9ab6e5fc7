package io.belfry.settings;

import io.belfry.core.log.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
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
      @DefaultValue("30d") Duration deviceTtl) {}

  /// @param window how many unsettled entries may be in flight, 1 to 10,000
  /// @param ackTimeout after which the oldest unsettled entry comes again
  /// @param maxDeliveries how many refusals make a dead letter
  public record Delivery(
      @DefaultValue("256") int window,
      @DefaultValue("30s") Duration ackTimeout,
      @DefaultValue("5") int maxDeliveries) {}

  /// @param keep how long a key is remembered
  public record Idempotency(@DefaultValue("24h") Duration keep) {}

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
      @Nullable Integer pushRate) {}

  /// What a log keeps, as the stores want it.
  public Retention retention() {
    return new Retention(inbox.ttl(), inbox.maxMessages(), inbox.deviceTtl(), idempotency.keep());
  }
}
