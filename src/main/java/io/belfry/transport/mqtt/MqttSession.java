package io.belfry.transport.mqtt;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.Delivery;
import io.belfry.core.delivery.Outbox;
import io.belfry.core.delivery.Subscription;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Ids;
import io.belfry.core.log.Session;
import io.belfry.security.Caller;
import io.belfry.transport.ClientSession;
import io.belfry.transport.CloseCodes;
import io.belfry.transport.Inflow;
import io.belfry.transport.KeepAlive;
import io.belfry.transport.Life;
import io.belfry.transport.Life.State;
import io.belfry.transport.Packet;
import io.belfry.transport.Wire;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One client that speaks MQTT, whatever carries its bytes. What comes before the session is
/// connected and after it has left is in its [Life].
final class MqttSession implements ClientSession, Inflow.Handler<byte[]>, Outbox.Wire<Packet> {
  private final MqttNode node;
  private final Wire wire;
  private final Inflow<byte[]> inflow;
  private final Outbox<Packet> outbox;
  private final Life<Optional<Caller>, Conversation> life;

  // Written by the reading thread, before anybody else asks.
  private volatile @Nullable Session session;
  private volatile @Nullable MqttVersion version;
  private volatile @Nullable KeepAlive keepAlive;
  private volatile long maxPacket = Long.MAX_VALUE;

  // Written by who takes it over, before it ends this.
  private volatile boolean handsOver;

  /// @param caller whom the handshake's token speaks for; null where it showed none
  MqttSession(MqttNode node, Wire wire, @Nullable Caller caller) {
    this.node = node;
    this.wire = wire;
    this.inflow = new Inflow<>(new PacketReader(node.maxPacket()), wire, this);
    this.outbox = new Outbox<>(this, () -> close(CloseReason.LIMIT));
    this.life = new Life<>(node, this, wire, inflow, outbox, Optional.ofNullable(caller));
  }

  @Override
  public Life<?, ?> life() {
    return life;
  }

  // Who has no device of its own takes over from nobody.
  @Override
  public boolean takesOver() {
    return !session().device().equals(CursorKey.SHARED);
  }

  // ---- what comes from the wire

  @Override
  public boolean received(byte[] bytes, boolean text) {
    node.counters().received(0, bytes.length);
    alive();
    try {
      return inflow.offer(bytes, text);
    } catch (MqttException wrong) {
      fail(wrong);
      return true;
    }
  }

  @Override
  public void alive() {
    KeepAlive known = keepAlive;
    if (known != null) {
      known.heard(System.nanoTime());
    }
  }

  // Tokens are verified, and what is kept of a session is written.
  @Override
  public boolean mayBlock(byte[] packet) {
    int type = (packet[0] & 0xFF) >> 4;
    return life.isExpecting()
        || type == MqttMessageType.SUBSCRIBE.value()
        || type == MqttMessageType.UNSUBSCRIBE.value();
  }

  @Override
  public void handle(byte[] packet) {
    node.counters().received(1, 0);
    switch (life.state()) {
      case State.Expecting<Optional<Caller>, ?>(Optional<Caller> caller, long _) ->
          connect(packet, caller.orElse(null));
      case State.Connected<?, Conversation>(Conversation conversation) -> {
        MqttMessage message = node.codec().decode(packet, version);
        PacketRules.check(packet, message, conversation.arrival().speaks5());
        conversation.handle(message);
      }
      case State.Leaving<?, ?> _, State.Ended<?, ?> _ -> {}
    }
  }

  @Override
  public void broken(RuntimeException wrong, byte @Nullable [] packet) {
    fail(MqttException.of(wrong));
  }

  // The first packet is one: the reader lets through nothing else.
  private void connect(byte[] packet, @Nullable Caller caller) {
    MqttConnectMessage connect = (MqttConnectMessage) node.codec().decode(packet, null);
    MqttVersion spoken =
        MqttVersion.fromProtocolNameAndLevel(
            connect.variableHeader().name(), (byte) connect.variableHeader().version());
    version = spoken;
    maxPacket =
        new Properties(connect.variableHeader().properties())
            .number(MqttProperties.MAXIMUM_PACKET_SIZE, Long.MAX_VALUE);
    PacketRules.check(packet, connect, spoken == MqttVersion.MQTT_5);
    Arrival arrival = Arrival.of(connect, caller, node);
    Packet.Data answer =
        new ServerPackets(node.codec(), spoken).connAck(arrival, false, node.maxPacket());
    if (answer.bytes().length > arrival.maxPacket()) {
      throw MqttException.of(
          Reasons.IMPLEMENTATION, "The Maximum Packet Size is too small for any answer.");
    }
    Session shown =
        new Session(
            Ids.next(),
            arrival.caller().user(),
            arrival.device(),
            "mqtt",
            node.name(),
            node.clock().instant());
    session = shown;
    life.open(!arrival.caller().mayPush());
    SavedSession saved = EarlierSession.takeOver(node, arrival, shown);
    long now = System.nanoTime();
    KeepAlive promised = keepAlive(arrival.keepAlive(), now);
    keepAlive = promised;
    Conversation conversation = new Conversation(this, node, arrival, saved, inflow, promised, now);
    if (life.connected(conversation)) {
      if (saved == null) {
        conversation.begin();
      }
      control(conversation.packets().connAck(arrival, saved != null, node.maxPacket()));
      if (saved != null) {
        conversation.resume(saved);
      }
      life.look();
    }
  }

  // One and a half times what the client promised, as the standard says; where it promised nothing,
  // a WebSocket answers pings all the same.
  private KeepAlive keepAlive(Duration promised, long now) {
    long interval = node.heartbeat().toNanos();
    long answered = wire.answersPings() ? KeepAlive.SILENT_INTERVALS * interval : KeepAlive.NEVER;
    long silentAfter = promised.isZero() ? answered : promised.toNanos() * 3 / 2;
    return new KeepAlive(wire, outbox, interval, silentAfter, now);
  }

  // ---- what the conversation and newer connections want

  /// A newer connection on this node takes it over, and goes on with what is kept of it. Does not
  /// block.
  void handOver() {
    handsOver = true;
    close(CloseReason.TAKEN_OVER);
  }

  /// Whether the newer connection that takes it over is on this node, and waits for what is kept.
  boolean handsOver() {
    return handsOver;
  }

  /// Writes a packet before all deliveries that wait. Does not block.
  void control(Packet.Data packet) {
    outbox.control(packet, packet.bytes().length);
  }

  /// Writes deliveries, and waits until they are written. Blocks.
  boolean send(List<Packet> packets, int bytes) throws InterruptedException {
    return outbox.send(packets, bytes);
  }

  /// The client has said good-bye.
  void goodBye() {
    if (life.leave(CloseReason.CLIENT_WENT) != null) {
      outbox.finish(List.of(goodBye(CloseReason.CLIENT_WENT)), 0);
    }
  }

  /// Says what went wrong, as far as the client's version can be told, and closes. Does not block.
  /// Idempotent: the first failure counts.
  void fail(MqttException failure) {
    State<?, Conversation> before = life.leave(failure.reason());
    if (before == null) {
      return;
    }
    List<Packet> last = new ArrayList<>(2);
    if (before instanceof State.Connected<?, Conversation>(Conversation conversation)) {
      Arrival arrival = conversation.arrival();
      if (arrival.speaks5()) {
        last.add(
            conversation
                .packets()
                .disconnect(failure.code(), failure.sentence(), arrival.maxPacket()));
      }
    } else {
      MqttVersion known = version == null ? MqttVersion.MQTT_3_1_1 : version;
      int code = version == null ? failure.code() : Reasons.inConnAck(failure.code());
      if (known == MqttVersion.MQTT_5 || Reasons.returnCode(code) != 0) {
        Packet.Data refusal =
            new ServerPackets(node.codec(), known).refusal(code, failure.sentence(), maxPacket);
        if (refusal.bytes().length <= maxPacket) {
          last.add(refusal);
        }
      }
    }
    last.add(goodBye(failure.reason()));
    outbox.finish(last, 0);
  }

  private static Packet.GoodBye goodBye(CloseReason reason) {
    return new Packet.GoodBye(CloseCodes.of(reason), reason.sentence());
  }

  // ---- what the core wants

  @Override
  public Session session() {
    Session known = session;
    if (known == null) {
      throw new IllegalStateException("Not yet connected.");
    }
    return known;
  }

  @Override
  public boolean send(Subscription to, List<Delivery> batch) throws InterruptedException {
    Outgoing deliveries = deliveries();
    return deliveries != null && deliveries.send(to, batch);
  }

  @Override
  public int reserve(Subscription to, int most) throws InterruptedException {
    Outgoing deliveries = deliveries();
    int reserved = deliveries == null ? 0 : deliveries.reserve(to, most);
    return reserved > 0 && outbox.awaitTurn() ? reserved : 0;
  }

  @Override
  public void release(Subscription to) {
    Outgoing deliveries = deliveries();
    if (deliveries != null) {
      deliveries.release(to);
    }
    outbox.letNext();
  }

  private @Nullable Outgoing deliveries() {
    return life.state() instanceof State.Connected<?, Conversation>(Conversation conversation)
        ? conversation.deliveries()
        : null;
  }

  @Override
  public long takingNanos() {
    return outbox.takingNanos();
  }

  @Override
  public void close(CloseReason reason) {
    fail(MqttException.of(reason));
  }

  @Override
  public void write(List<Packet> frames, Consumer<@Nullable Throwable> done) {
    int bytes = 0;
    for (Packet frame : frames) {
      bytes += frame instanceof Packet.Data data ? data.bytes().length : 0;
    }
    node.counters().wrote(frames.size(), bytes);
    wire.write(frames, done);
  }
}
