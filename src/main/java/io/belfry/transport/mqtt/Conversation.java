package io.belfry.transport.mqtt;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.log.StoreUnavailableException;
import io.belfry.transport.Inflow;
import io.belfry.transport.KeepAlive;
import io.belfry.transport.Life;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one client does once it is connected: its subscriptions, publishes and deliveries, and what
/// is kept of it. Packets are handled one after the other.
final class Conversation implements Life.Talk {
  private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

  // While a client is connected its session does not expire; a crash keeps it a little longer.
  private static final Duration WHILE_CONNECTED = Duration.ofDays(1);
  private static final long KEEP_EVERY_NANOS = TimeUnit.HOURS.toNanos(8);
  private static final long LOOK_EVERY_NANOS = TimeUnit.HOURS.toNanos(1);

  private final MqttSession session;
  private final MqttNode node;
  private final ServerPackets packets;
  private final Subscriptions subscriptions;
  private final Publishes publishes;
  private final Outgoing deliveries;
  private final KeepAlive keepAlive;

  // Changed by a DISCONNECT, on the reading thread, before it ends this.
  private volatile Arrival arrival;
  private volatile @Nullable Will will;

  // Whether there is a record of it.
  private volatile boolean isKept;

  // What an earlier connection had, until that goes on: what ends before keeps it as it was.
  private volatile @Nullable SavedSession earlier;

  // The timer's alone.
  private long keptAt;

  Conversation(
      MqttSession session,
      MqttNode node,
      Arrival arrival,
      @Nullable SavedSession earlier,
      Inflow<byte[]> inflow,
      KeepAlive keepAlive,
      long now) {
    this.session = session;
    this.node = node;
    this.arrival = arrival;
    this.will = arrival.will();
    this.earlier = earlier;
    this.isKept = earlier != null;
    this.packets = new ServerPackets(node.codec(), arrival.version());
    this.subscriptions = new Subscriptions(session, node, arrival);
    this.publishes = new Publishes(session, node, arrival, subscriptions, inflow);
    this.deliveries = new Outgoing(session, node, arrival, packets);
    this.keepAlive = keepAlive;
    this.keptAt = now;
  }

  Arrival arrival() {
    return arrival;
  }

  ServerPackets packets() {
    return packets;
  }

  /// Begins a session: one that is to be kept is there from now on, whoever takes it over. Blocks.
  void begin() {
    keep(true);
  }

  /// Goes on with what an earlier connection had. Blocks.
  void resume(SavedSession saved) {
    deliveries.resume(saved);
    publishes.resume(saved.unreleased());
    subscriptions.resume(saved);
    earlier = null;
    keep(true);
  }

  /// Does what this packet asks for, or throws what is wrong with it.
  void handle(MqttMessage message) {
    switch (message.fixedHeader().messageType()) {
      case PUBLISH -> publishes.publish((MqttPublishMessage) message);
      case PUBACK -> deliveries.acknowledge((MqttMessageIdVariableHeader) message.variableHeader());
      case PUBREL ->
          publishes.release(((MqttMessageIdVariableHeader) message.variableHeader()).messageId());
      case SUBSCRIBE -> subscribe((MqttSubscribeMessage) message);
      case UNSUBSCRIBE -> unsubscribe((MqttUnsubscribeMessage) message);
      case PINGREQ -> session.control(packets.pingResp());
      case DISCONNECT -> disconnect(message.variableHeader());
      case CONNECT, CONNACK, PUBREC, PUBCOMP, SUBACK, UNSUBACK, PINGRESP, AUTH ->
          throw MqttException.of(
              Reasons.PROTOCOL_ERROR,
              message.fixedHeader().messageType() + " is not expected here.");
    }
  }

  // Its SUBACK comes once all that is granted has its start, and before anything of it.
  private void subscribe(MqttSubscribeMessage message) {
    List<MqttTopicSubscription> asked = message.payload().topicSubscriptions();
    Properties properties = new Properties(message.idAndPropertiesVariableHeader().properties());
    int identifier =
        (int)
            properties.number(
                MqttProperties.SUBSCRIPTION_IDENTIFIER, MqttSubscription.NO_IDENTIFIER);
    CompletableFuture<?> answered = new CompletableFuture<>();
    List<Integer> codes = new ArrayList<>(asked.size());
    List<CompletableFuture<?>> starts = new ArrayList<>(asked.size());
    for (MqttTopicSubscription each : asked) {
      try {
        MqttSubscription granted =
            subscriptions.subscribe(
                each.topicFilter(),
                each.qualityOfService().value(),
                identifier,
                each.option().isNoLocal(),
                answered);
        codes.add(granted.qos());
        starts.add(granted.fixed());
      } catch (MqttException refused) {
        codes.add(arrival.speaks5() ? refused.code() : Reasons.UNSPECIFIED);
      }
    }
    keep(true);
    int id = message.variableHeader().messageId();
    var ignored =
        CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new))
            .thenRun(() -> {
              session.control(packets.subAck(id, codes));
              answered.complete(null);
            });
  }

  private void unsubscribe(MqttUnsubscribeMessage message) {
    List<Short> codes = new ArrayList<>();
    for (String filter : message.payload().topics()) {
      boolean was = subscriptions.unsubscribe(filter);
      codes.add((short) (was ? Reasons.SUCCESS : Reasons.NO_SUBSCRIPTION));
    }
    keep(true);
    session.control(packets.unsubAck(message.variableHeader().messageId(), codes));
  }

  private void disconnect(@Nullable Object header) {
    int code = Reasons.SUCCESS;
    if (header instanceof MqttReasonCodeAndPropertiesVariableHeader said) {
      code = said.reasonCode() & 0xFF;
      Long expiry =
          new Properties(said.properties()).number(MqttProperties.SESSION_EXPIRY_INTERVAL);
      if (expiry != null) {
        expire(expiry);
      }
    }
    // Any other one than a normal good-bye is an end that the will is meant for.
    if (code == Reasons.SUCCESS) {
      will = null;
    }
    session.goodBye();
  }

  private void expire(long seconds) {
    if (arrival.expiry().isZero() && seconds != 0) {
      throw MqttException.of(
          Reasons.PROTOCOL_ERROR, "A session that was not to be kept cannot be kept now.");
    }
    arrival = arrival.expiring(Arrival.expiry(seconds, node));
  }

  Outgoing deliveries() {
    return deliveries;
  }

  @Override
  public Instant expires() {
    return arrival.caller().expires();
  }

  // Writes now and then that the session is still used.
  @Override
  public long look(long now, boolean isStanding) {
    long next = keepAlive.look(now, isStanding);
    if (next != KeepAlive.GONE && now - keptAt >= KEEP_EVERY_NANOS) {
      keptAt = now;
      Thread.ofVirtual().name("belfry-mqtt-keep").start(() -> keep(true));
    }
    return Math.min(next, LOOK_EVERY_NANOS);
  }

  @Override
  public boolean quiesce() {
    return subscriptions.end();
  }

  /// Keeps the session, and publishes the will where there is one.
  @Override
  public void end(CloseReason reason) {
    subscriptions.end();
    deliveries.end();
    CompletableFuture<?> published = publishes.close();
    // What a newer connection on another node has kept meanwhile must not be lost to this.
    boolean mayKeep = reason != CloseReason.TAKEN_OVER || session.handsOver();
    if (mayKeep && arrival.hasDevice()) {
      node.keeping()
          .begin(
              arrival.caller().user(),
              arrival.device(),
              () -> {
                // Its client sends again what it does not know of, and that is known then.
                published.join();
                keep(false);
              });
    }
    Will last = will;
    if (last != null) {
      Duration delay =
          last.delay().compareTo(arrival.expiry()) < 0 ? last.delay() : arrival.expiry();
      boolean comesBackElsewhere = reason == CloseReason.GOING && !delay.isZero();
      if (!comesBackElsewhere) {
        node.wills().leave(session.session(), last, delay);
      }
    }
  }

  private void keep(boolean isConnected) {
    Arrival kept = arrival;
    if (!kept.hasDevice()) {
      return;
    }
    String user = kept.caller().user();
    try {
      if (kept.expiry().isZero()) {
        if (!isConnected && isKept) {
          node.records().remove(user, kept.device());
        }
        return;
      }
      Duration rest =
          isConnected && kept.expiry().compareTo(WHILE_CONNECTED) < 0
              ? WHILE_CONNECTED
              : kept.expiry();
      Instant expires = node.clock().instant().plus(rest);
      isKept = true;
      SavedSession before = earlier;
      SavedSession saved = before == null ? saved(isConnected) : before;
      node.records().put(user, kept.device(), saved.encoded(), expires);
    } catch (StoreUnavailableException away) {
      LOG.warn("A session could not be kept: the store cannot take it now");
    }
  }

  private SavedSession saved(boolean isConnected) {
    // While it is connected they change, and one that is kept too long would hide a new publish.
    List<Integer> unreleased = isConnected ? List.of() : publishes.unreleased();
    return subscriptions.saved(deliveries.sent(), unreleased);
  }
}
