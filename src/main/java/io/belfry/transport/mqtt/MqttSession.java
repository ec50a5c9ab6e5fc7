package io.belfry.transport.mqtt;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.Connection;
import io.belfry.core.delivery.Delivery;
import io.belfry.core.delivery.Outbox;
import io.belfry.core.delivery.Subscription;
import io.belfry.core.log.Ids;
import io.belfry.core.log.Presence;
import io.belfry.core.log.Session;
import io.belfry.security.Caller;
import io.belfry.transport.Alarm;
import io.belfry.transport.CloseCodes;
import io.belfry.transport.Inflow;
import io.belfry.transport.Packet;
import io.belfry.transport.Wire;
import io.belfry.transport.WireListener;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One client that speaks MQTT, whatever carries its bytes.
///
///                        CONNECT                 DISCONNECT, failure,
///       +-----------+   accepted   +-----------+  close()           +---------+
///   --> | Expecting | -----------> | Connected | -----------------> | Leaving |
///       +-----------+              +-----------+                    +---------+
///          |   |                        |                              ^   |
///          |   +-- refused, 10 s over --|------------------------------+   | hung up,
///          |                            |                                  | 5 s over
///          +--------- wire gone --------+---------> Ended <----------------+
///
/// In Leaving the last packet is written and what comes is read and forgotten.
final class MqttSession
    implements Connection, WireListener, Inflow.Handler<byte[]>, Outbox.Wire<Packet> {
  private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long REST_NANOS = TimeUnit.DAYS.toNanos(1);

  private sealed interface State {
    record Expecting(@Nullable Caller caller, long since) implements State {}

    record Connected(Conversation conversation, KeepAlive keepAlive) implements State {}

    record Leaving(long since) implements State {}

    record Ended() implements State {}
  }

  private final MqttNode node;
  private final Wire wire;
  private final Inflow<byte[]> inflow;
  private final Outbox<Packet> outbox;

  // Changed under this monitor, read by all.
  private volatile State state;

  // Written by the reading thread, before anybody else asks.
  private volatile @Nullable Session session;
  private volatile @Nullable MqttVersion version;

  private final Alarm alarm;

  MqttSession(MqttNode node, Wire wire, @Nullable Caller caller) {
    this.node = node;
    this.wire = wire;
    this.inflow = new Inflow<>(new PacketReader(node.maxPacket()), wire, this);
    this.outbox = new Outbox<>(this, () -> close(CloseReason.LIMIT));
    long now = System.nanoTime();
    this.state = new State.Expecting(caller, now);
    this.alarm = new Alarm(now);
  }

  // ---- what comes from the wire

  @Override
  public void opened() {
    node.deliveries().connections().came(this);
  }

  @Override
  public boolean mayBlock() {
    return false;
  }

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
    if (state instanceof State.Connected connected) {
      connected.keepAlive().heard(System.nanoTime());
    }
  }

  @Override
  public void leaving() {
    if (leave(CloseReason.CLIENT_WENT) != null) {
      outbox.close();
    }
  }

  @Override
  public void ended() {
    var ignored = leave(CloseReason.CLIENT_WENT);
    synchronized (this) {
      state = new State.Ended();
    }
    outbox.close();
    node.deliveries().connections().left(this);
    if (session != null) {
      node.deliveries().connections().closed(this);
    }
  }

  // Tokens are verified, and what is kept of a session is written.
  @Override
  public boolean mayBlock(byte[] packet) {
    int type = (packet[0] & 0xFF) >> 4;
    return state instanceof State.Expecting
        || type == MqttMessageType.SUBSCRIBE.value()
        || type == MqttMessageType.UNSUBSCRIBE.value();
  }

  @Override
  public void handle(byte[] packet) {
    node.counters().received(1, 0);
    switch (state) {
      case State.Expecting expecting -> connect(packet, expecting);
      case State.Connected connected -> {
        MqttMessage message = node.codec().decode(packet, version);
        PacketRules.check(packet, message, connected.conversation().arrival().speaks5());
        connected.conversation().handle(message);
      }
      case State.Leaving _ -> {}
      case State.Ended _ -> {}
    }
  }

  @Override
  public void broken(RuntimeException wrong, byte @Nullable [] packet) {
    fail(MqttException.of(wrong));
  }

  // The first packet is one: the reader lets through nothing else.
  private void connect(byte[] packet, State.Expecting expecting) {
    MqttConnectMessage connect = (MqttConnectMessage) node.codec().decode(packet, null);
    MqttVersion spoken =
        MqttVersion.fromProtocolNameAndLevel(
            connect.variableHeader().name(), (byte) connect.variableHeader().version());
    version = spoken;
    PacketRules.check(packet, connect, spoken == MqttVersion.MQTT_5);
    Arrival arrival = Arrival.of(connect, expecting.caller(), node);
    Session shown =
        new Session(
            Ids.next(),
            arrival.caller().user(),
            arrival.device(),
            "mqtt",
            node.name(),
            node.clock().instant());
    session = shown;
    node.deliveries().connections().open(this, !arrival.caller().mayPush());
    SavedSession saved = takeOver(arrival, shown);
    long now = System.nanoTime();
    Conversation conversation = new Conversation(this, node, arrival, inflow, now);
    KeepAlive keepAlive = new KeepAlive(wire, outbox, arrival.keepAlive(), node.heartbeat(), now);
    if (toConnected(new State.Connected(conversation, keepAlive))) {
      node.deliveries().connections().left(this);
      control(conversation.packets().connAck(arrival, saved != null, node.maxPacket()));
      if (saved != null) {
        conversation.resume(saved);
      }
      alarm.set(now);
    } else if (state instanceof State.Ended) {
      node.deliveries().connections().closed(this);
    }
  }

  // Ends older connections of this client on any node, and finds what was kept of it. Blocks.
  private @Nullable SavedSession takeOver(Arrival arrival, Session shown) {
    if (!arrival.hasDevice()) {
      return null;
    }
    String user = arrival.caller().user();
    node.presence().signal(new Presence.Signal.TakeOver(shown, !arrival.clean()));
    node.keeping().await(user, arrival.device());
    byte[] record = node.records().get(user, arrival.device());
    if (record != null && (arrival.clean() || arrival.expiry().isZero())) {
      node.records().remove(user, arrival.device());
    }
    return record == null || arrival.clean() ? null : SavedSession.decoded(record);
  }

  private synchronized boolean toConnected(State.Connected connected) {
    if (state instanceof State.Expecting) {
      state = connected;
      return true;
    }
    return false;
  }

  // ---- what the conversation wants

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
    if (leave(CloseReason.CLIENT_WENT) != null) {
      outbox.finish(List.of(goodBye(CloseReason.CLIENT_WENT)), 0);
    }
  }

  /// Says what went wrong, as far as the client's version can be told, and closes. Does not block.
  /// Idempotent: the first failure counts.
  void fail(MqttException failure) {
    State before = leave(failure.reason());
    if (before == null) {
      return;
    }
    List<Packet> last = new ArrayList<>(2);
    if (before instanceof State.Connected connected) {
      if (connected.conversation().arrival().speaks5()) {
        last.add(connected.conversation().packets().disconnect(failure.code(), failure.sentence()));
      }
    } else {
      MqttVersion known = version == null ? MqttVersion.MQTT_3_1_1 : version;
      int code = version == null ? failure.code() : Reasons.inConnAck(failure.code());
      if (known == MqttVersion.MQTT_5 || Reasons.returnCode(code) != 0) {
        last.add(new ServerPackets(node.codec(), known).refusal(code, failure.sentence()));
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
    return state instanceof State.Connected connected && connected.conversation().send(to, batch);
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
  public boolean quiesce() {
    return !(state instanceof State.Connected connected) || connected.conversation().quiesce();
  }

  @Override
  public void tick() {
    long now = System.nanoTime();
    if (alarm.isDue(now)) {
      alarm.set(now + look(now));
    }
  }

  @Override
  public long restNanos() {
    return alarm.restNanos(System.nanoTime());
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

  // For how many nanoseconds nothing will be due.
  private long look(long now) {
    return switch (state) {
      case State.Expecting expecting -> {
        long left = expecting.since() + CONNECT_NANOS - now;
        if (left <= 0) {
          close(CloseReason.NOT_CONNECTED);
        }
        yield Math.max(left, 0);
      }
      case State.Connected connected -> look(connected, now);
      case State.Leaving leaving -> {
        long left = leaving.since() + LEAVE_NANOS - now;
        if (left <= 0) {
          wire.cut();
        }
        yield left <= 0 ? LEAVE_NANOS : left;
      }
      case State.Ended _ -> REST_NANOS;
    };
  }

  private long look(State.Connected connected, long now) {
    Duration valid =
        Duration.between(
            node.clock().instant(), connected.conversation().arrival().caller().expires());
    if (valid.isNegative() || valid.isZero()) {
      close(CloseReason.TOKEN_EXPIRED);
      return 0;
    }
    long next = connected.keepAlive().look(now, inflow.isStopped());
    if (next == KeepAlive.GONE) {
      close(CloseReason.SILENT);
      return 0;
    }
    connected.conversation().look(now);
    long rest = Math.min(next, REST_NANOS / 24);
    return valid.compareTo(Duration.ofDays(1)) > 0 ? rest : Math.min(rest, valid.toNanos());
  }

  // Ends the conversation, if that was not done before.
  private @Nullable State leave(CloseReason reason) {
    State before;
    synchronized (this) {
      before = state;
      if (before instanceof State.Leaving || before instanceof State.Ended) {
        return null;
      }
      state = new State.Leaving(System.nanoTime());
    }
    alarm.set(System.nanoTime());
    node.counters().closed(reason);
    inflow.end();
    if (before instanceof State.Connected connected) {
      connected.conversation().end(reason);
      node.deliveries().connections().leaving(this);
    }
    return before;
  }
}
