package io.belfry.transport.mqtt;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Push;
import io.belfry.transport.Inflow;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What one client publishes: each an append, and its PUBACK once that is durable, in the order of
/// the publishes. MQTT 3.1.1 cannot be told that QoS 2 is not taken, so there it is kept: what
/// comes again before its PUBREL is not appended again. Bounded in count and bytes: where too many
/// are under way, reading stops.
final class Publishes {
  private static final int MAX_BYTES = 512 * 1024;
  static final int MAX_UNRELEASED = 1024;

  /// What became of a publish at QoS 2 that was not released.
  private enum Step {
    UNDER_WAY,
    APPENDED,
    /// An earlier connection of the session has appended it.
    APPENDED_EARLIER
  }

  /// A publish under way.
  private static final class Pending {
    final int id;
    final int bytes;
    final boolean isExactlyOnce;
    final CompletableFuture<?> over = new CompletableFuture<>();
    int code;

    /// @param id 0 at QoS 0
    Pending(int id, int bytes, boolean isExactlyOnce) {
      this.id = id;
      this.bytes = bytes;
      this.isExactlyOnce = isExactlyOnce;
    }
  }

  private final MqttSession session;
  private final MqttNode node;
  private final Arrival arrival;
  private final Subscriptions subscriptions;
  private final ServerPackets packets;
  private final Inflow<byte[]> inflow;

  // Guarded by this monitor.
  private final ArrayDeque<Pending> pending = new ArrayDeque<>(0);
  private int bytes;
  private boolean holds;
  private boolean closed;

  // Guarded by this monitor: what came at QoS 2 and was not released.
  private @Nullable Map<Integer, Step> unreleased;

  Publishes(
      MqttSession session,
      MqttNode node,
      Arrival arrival,
      Subscriptions subscriptions,
      Inflow<byte[]> inflow) {
    this.session = session;
    this.node = node;
    this.arrival = arrival;
    this.subscriptions = subscriptions;
    this.packets = new ServerPackets(node.codec(), arrival.version());
    this.inflow = inflow;
  }

  /// Begins the append.
  ///
  /// @throws MqttException where that ends the connection
  void publish(MqttPublishMessage message) {
    MqttQoS qos = message.fixedHeader().qosLevel();
    if (qos == MqttQoS.EXACTLY_ONCE && arrival.speaks5()) {
      throw MqttException.of(Reasons.NO_QOS_2, "The highest QoS is 1.");
    }
    if (arrival.speaks5() && message.fixedHeader().isRetain()) {
      throw MqttException.of(Reasons.NO_RETAIN, "Nothing is retained here.");
    }
    Properties properties = new Properties(message.variableHeader().properties());
    if (properties.has(MqttProperties.TOPIC_ALIAS)) {
      throw MqttException.of(Reasons.ALIAS_INVALID, "There are no topic aliases here.");
    }
    if (message.variableHeader().topicName().isEmpty()) {
      throw MqttException.of(Reasons.PROTOCOL_ERROR, "PUBLISH names a topic.");
    }
    byte[] body = ByteBufUtil.getBytes(message.payload());
    if (body.length > node.maxBody()) {
      throw MqttException.of(
          Reasons.TOO_LARGE, "A message has at most " + node.maxBody() + " bytes.");
    }
    int id = qos == MqttQoS.AT_MOST_ONCE ? 0 : message.variableHeader().packetId();
    Pending begun =
        new Pending(id, message.fixedHeader().remainingLength(), qos == MqttQoS.EXACTLY_ONCE);
    if (!begin(begun)) {
      return;
    }
    try {
      if (begun.isExactlyOnce && isRepeated(id, message.fixedHeader().isDup())) {
        end(begun, null);
        return;
      }
      Push push = push(message.variableHeader().topicName(), properties, body);
      var ignored =
          node.logs()
              .append(push)
              .whenComplete((appended, wrong) -> ended(begun, code(appended, wrong)));
    } catch (RuntimeException wrong) {
      MqttException known = MqttException.of(wrong);
      if (id == 0) {
        end(begun, known);
        throw known;
      }
      end(begun, known);
    }
  }

  /// The client has the PUBREC: the identifier is free again.
  void release(int id) {
    synchronized (this) {
      if (unreleased != null) {
        unreleased.remove(id);
      }
    }
    session.control(packets.pubComp(id));
  }

  /// An earlier connection of the session has these. Called before anything is published.
  synchronized void resume(List<Integer> ids) {
    ids.forEach(id -> known().put(id, Step.APPENDED_EARLIER));
  }

  /// Nothing is published from now on. Does not block.
  ///
  /// @return ends once all that came at QoS 2 is appended, or refused
  synchronized CompletableFuture<?> close() {
    closed = true;
    return CompletableFuture.allOf(
        pending.stream()
            .filter(p -> p.isExactlyOnce)
            .map(p -> p.over)
            .toArray(CompletableFuture[]::new));
  }

  /// The identifiers of what came at QoS 2, is appended and was not released.
  synchronized List<Integer> unreleased() {
    List<Integer> ids = new ArrayList<>();
    if (unreleased != null) {
      unreleased.forEach((id, step) -> {
        if (step != Step.UNDER_WAY) {
          ids.add(id);
        }
      });
    }
    return ids;
  }

  private Map<Integer, Step> known() {
    Map<Integer, Step> known = unreleased == null ? new HashMap<>() : unreleased;
    unreleased = known;
    return known;
  }

  // A client that has forgotten its session takes an identifier for something new, without DUP.
  private synchronized boolean isRepeated(int id, boolean isDup) {
    Map<Integer, Step> known = known();
    // One that comes again takes no room: its client could never release it otherwise.
    if (known.size() >= MAX_UNRELEASED && !known.containsKey(id)) {
      throw MqttException.of(Reasons.QUOTA, "Too many publishes at QoS 2 are not released.");
    }
    Step step = known.putIfAbsent(id, Step.UNDER_WAY);
    if (step == Step.APPENDED_EARLIER && !isDup) {
      known.put(id, Step.UNDER_WAY);
      return false;
    }
    return step != null;
  }

  private void ended(Pending done, @Nullable MqttException refused) {
    if (done.isExactlyOnce && refused == null) {
      synchronized (this) {
        known().replace(done.id, Step.APPENDED);
      }
    }
    end(done, refused);
  }

  private Push push(String topic, Properties properties, byte[] body) {
    if (!arrival.caller().mayPush()) {
      throw MqttException.of(Reasons.NOT_AUTHORIZED, "PUBLISH needs a token with the scope push.");
    }
    Push push = properties.push(Topics.ofService(topic), body, node.retention());
    node.pushRate().count(arrival.caller().user());
    return subscriptions.haveNoLocal() ? push.passingOn(Publisher.header(arrival)) : push;
  }

  private static @Nullable MqttException code(
      @Nullable Appended appended, @Nullable Throwable wrong) {
    if (wrong != null) {
      return MqttException.of(wrong);
    }
    return appended instanceof Appended.Mismatched
        ? MqttException.of(
            Reasons.IMPLEMENTATION, "This Idempotency-Key was used for another message.")
        : null;
  }

  // Whether it may begin.
  private synchronized boolean begin(Pending begun) {
    if (closed) {
      return false;
    }
    pending.addLast(begun);
    bytes += begun.bytes;
    boolean isFull =
        pending.size() >= ServerPackets.RECEIVE_MAXIMUM
            || (bytes >= MAX_BYTES && pending.size() > 1);
    if (isFull && !holds) {
      holds = true;
      inflow.hold();
    }
    return true;
  }

  // MQTT 3.1.1 has no way to refuse a publish but to close; what was sent at QoS 0 nobody asks for.
  private void end(Pending done, @Nullable MqttException refused) {
    if (refused != null && done.id != 0 && !arrival.speaks5()) {
      session.fail(refused);
    }
    boolean isReleased;
    synchronized (this) {
      done.code = refused == null ? Reasons.SUCCESS : Reasons.inPubAck(refused.code());
      done.over.complete(null);
      while (!pending.isEmpty() && pending.getFirst().over.isDone()) {
        Pending first = pending.removeFirst();
        bytes -= first.bytes;
        if (first.id != 0) {
          session.control(
              first.isExactlyOnce
                  ? packets.pubRec(first.id)
                  : packets.pubAck(first.id, first.code));
        }
      }
      isReleased = holds && pending.size() < ServerPackets.RECEIVE_MAXIMUM && bytes < MAX_BYTES;
      holds &= !isReleased;
    }
    if (isReleased) {
      inflow.release();
    }
  }
}
