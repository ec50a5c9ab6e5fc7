package io.belfry.transport.stomp;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.Delivery;
import io.belfry.core.delivery.Outbox;
import io.belfry.core.delivery.Subscription;
import io.belfry.core.log.Ids;
import io.belfry.core.log.Session;
import io.belfry.transport.ClientSession;
import io.belfry.transport.CloseCodes;
import io.belfry.transport.Inflow;
import io.belfry.transport.Life;
import io.belfry.transport.Life.State;
import io.belfry.transport.Packet;
import io.belfry.transport.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One client that speaks STOMP, whatever carries its bytes. What comes before the session is
/// connected and after it has left is in its [Life].
final class StompSession implements ClientSession, Inflow.Handler<StompFrame>, Outbox.Wire<Packet> {
  private final StompNode node;
  private final Wire wire;
  private final StompReader reader;
  private final Inflow<StompFrame> inflow;
  private final Outbox<Packet> outbox;
  private final Life<Arrival, Conversation> life;

  // Written once by the reading thread, before anybody else asks.
  private volatile @Nullable Session session;
  private volatile @Nullable StompVersion version;
  private volatile @Nullable Pulse pulse;

  private volatile boolean crowded;

  StompSession(StompNode node, Wire wire, Arrival arrival) {
    this.node = node;
    this.wire = wire;
    this.reader = new StompReader(node.maxBody());
    this.inflow = new Inflow<>(reader, wire, this);
    this.outbox = new Outbox<>(this, () -> close(CloseReason.LIMIT));
    this.life = new Life<>(node, this, wire, inflow, outbox, arrival);
  }

  @Override
  public Life<?, ?> life() {
    return life;
  }

  // ---- what comes from the wire

  @Override
  public boolean received(byte[] bytes, boolean text) {
    node.counters().bytesIn.add(bytes.length);
    alive();
    return inflow.offer(bytes, text);
  }

  @Override
  public void alive() {
    Pulse known = pulse;
    if (known != null) {
      known.heard(node.nanoTime());
    }
  }

  // Tokens are verified.
  @Override
  public boolean mayBlock(StompFrame frame) {
    return life.isExpecting() || Conversation.isRenewal(frame);
  }

  @Override
  public void handle(StompFrame frame) {
    node.counters().framesIn.increment();
    switch (life.state()) {
      case State.Expecting<Arrival, ?>(Arrival arrival, long _) -> connect(frame, arrival);
      case State.Connected<?, Conversation>(Conversation conversation) -> {
        conversation.handle(frame);
        waitWhereCrowded();
      }
      case State.Leaving<?, ?> _, State.Ended<?, ?> _ -> {}
    }
  }

  @Override
  public void broken(RuntimeException wrong, @Nullable StompFrame frame) {
    Failure failure = Failures.of(wrong).about(frame == null ? null : frame.receipt());
    if (life.state() instanceof State.Connected<?, Conversation>(Conversation conversation)) {
      conversation.refuse(failure);
    } else {
      fail(failure);
    }
  }

  private void connect(StompFrame frame, Arrival arrival) {
    if (!frame.command().connects()) {
      throw StompException.protocol("The first frame is CONNECT.");
    }
    Greeting greeting = Greeting.of(frame, arrival, node);
    Session shown =
        new Session(
            Ids.next(),
            greeting.caller().user(),
            greeting.device(),
            "stomp",
            node.name(),
            Instant.ofEpochMilli(node.clock().millis()));
    reader.speak(greeting.version());
    version = greeting.version();
    session = shown;
    life.open(!greeting.caller().mayPush());
    Pulse beating =
        new Pulse(wire, outbox, node.heartbeat().toNanos(), greeting.heartBeat(), node.nanoTime());
    pulse = beating;
    if (life.connected(new Conversation(this, node, greeting, inflow, beating))) {
      control(
          ServerFrames.connected(
              greeting.version(),
              shown.user(),
              shown.id(),
              node.server(),
              node.heartbeat().toMillis()));
      life.look();
    }
  }

  // A client that does not take its answers is not asked for more.
  private void waitWhereCrowded() {
    if (outbox.isCrowded()) {
      synchronized (this) {
        if (!crowded) {
          crowded = true;
          inflow.hold();
        }
      }
      goOnWhereNotCrowded();
    }
  }

  private void goOnWhereNotCrowded() {
    if (crowded && !outbox.isCrowded()) {
      synchronized (this) {
        if (!crowded) {
          return;
        }
        crowded = false;
      }
      inflow.release();
    }
  }

  // ---- what the conversation wants

  /// Writes a control frame before all deliveries that wait. Does not block.
  void control(Packet.Data frame) {
    outbox.control(frame, frame.bytes().length);
  }

  /// Says what went wrong and closes. Does not block. Idempotent: the first failure counts.
  void fail(Failure failure) {
    CloseReason reason = failure.reason();
    if (life.leave(reason) == null) {
      return;
    }
    List<Packet> last = new ArrayList<>(2);
    if (CloseCodes.hasError(reason)) {
      node.counters().error(reason);
      last.add(ServerFrames.error(version, failure));
    }
    last.add(new Packet.GoodBye(CloseCodes.of(reason), failure.sentence()));
    outbox.finish(last, 0);
  }

  /// Something is due earlier than before.
  void look() {
    life.look();
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
  public int reserve(Subscription to, int most) throws InterruptedException {
    return outbox.awaitTurn() ? most : 0;
  }

  @Override
  public void release(Subscription to) {
    outbox.letNext();
  }

  @Override
  public boolean send(Subscription to, List<Delivery> batch) throws InterruptedException {
    StompSubscription target = (StompSubscription) to.request().started();
    List<Packet> frames = new ArrayList<>(batch.size());
    int bytes = 0;
    for (Delivery delivery : batch) {
      Packet.Data frame = target.encode(delivery);
      frames.add(frame);
      bytes += frame.bytes().length;
    }
    return outbox.send(frames, bytes);
  }

  @Override
  public long takingNanos() {
    return outbox.takingNanos();
  }

  @Override
  public void close(CloseReason reason) {
    fail(new Failure(reason));
  }

  @Override
  public void write(List<Packet> frames, Consumer<@Nullable Throwable> done) {
    Pulse known = pulse;
    if (known != null) {
      known.wrote(node.nanoTime());
    }
    node.counters().written(frames);
    wire.write(
        frames,
        failure -> {
          done.accept(failure);
          goOnWhereNotCrowded();
        });
  }
}
