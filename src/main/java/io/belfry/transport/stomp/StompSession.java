package io.belfry.transport.stomp;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.Connection;
import io.belfry.core.delivery.Delivery;
import io.belfry.core.delivery.Outbox;
import io.belfry.core.delivery.Subscription;
import io.belfry.core.log.Ids;
import io.belfry.core.log.Session;
import io.belfry.transport.Alarm;
import io.belfry.transport.CloseCodes;
import io.belfry.transport.Inflow;
import io.belfry.transport.Packet;
import io.belfry.transport.Wire;
import io.belfry.transport.WireListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One client that speaks STOMP, whatever carries its bytes.
///
///                        CONNECT                 DISCONNECT, ERROR,
///       +-----------+   accepted   +-----------+  close()           +---------+
///   --> | Expecting | -----------> | Connected | -----------------> | Leaving |
///       +-----------+              +-----------+                    +---------+
///          |   |                        |                              ^   |
///          |   +-- refused, 10 s over --|------------------------------+   | answered,
///          |                            |                                  | 5 s over
///          +--------- wire gone --------+---------> Ended <----------------+
///
/// In Leaving the last frames are written and what comes is read and forgotten, so that a client that
/// still writes can read them. The wire is cut where the client does not answer the good-bye.
final class StompSession
    implements Connection, WireListener, Inflow.Handler<StompFrame>, Outbox.Wire<Packet> {
  static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(10);
  static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long REST_NANOS = TimeUnit.DAYS.toNanos(1);

  private sealed interface State {
    record Expecting(Arrival arrival, long since) implements State {}

    record Connected(Conversation conversation, Pulse pulse) implements State {}

    record Leaving(long since) implements State {}

    record Ended() implements State {}
  }

  private static final State ENDED = new State.Ended();

  private final StompNode node;
  private final Wire wire;
  private final StompReader reader;
  private final Inflow<StompFrame> inflow;
  private final Outbox<Packet> outbox;

  // Changed under this monitor, read by all.
  private volatile State state;

  // Written once by the reading thread, before anybody else asks.
  private volatile @Nullable Session session;
  private volatile @Nullable StompVersion version;

  private final Alarm alarm;
  private volatile boolean crowded;

  StompSession(StompNode node, Wire wire, Arrival arrival) {
    this.node = node;
    this.wire = wire;
    this.reader = new StompReader(node.maxBody());
    this.inflow = new Inflow<>(reader, wire, this);
    this.outbox = new Outbox<>(this, () -> close(CloseReason.LIMIT));
    long now = node.nanoTime();
    this.state = new State.Expecting(arrival, now);
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
    node.counters().bytesIn.add(bytes.length);
    alive();
    return inflow.offer(bytes, text);
  }

  @Override
  public void alive() {
    if (state instanceof State.Connected connected) {
      connected.pulse().heard(node.nanoTime());
    }
  }

  @Override
  public void leaving() {
    if (leave() != null) {
      node.counters().close(CloseReason.CLIENT_WENT);
      outbox.close();
    }
  }

  @Override
  public void ended() {
    if (leave() != null) {
      node.counters().close(CloseReason.CLIENT_WENT);
    }
    synchronized (this) {
      state = ENDED;
    }
    outbox.close();
    node.deliveries().connections().left(this);
    if (session != null) {
      node.deliveries().connections().closed(this);
    }
  }

  // Tokens are verified.
  @Override
  public boolean mayBlock(StompFrame frame) {
    return state instanceof State.Expecting || Conversation.isRenewal(frame);
  }

  @Override
  public void handle(StompFrame frame) {
    node.counters().framesIn.increment();
    switch (state) {
      case State.Expecting expecting -> connect(frame, expecting);
      case State.Connected connected -> {
        connected.conversation().handle(frame);
        waitWhereCrowded();
      }
      case State.Leaving leaving -> {}
      case State.Ended ended -> {}
    }
  }

  @Override
  public void broken(RuntimeException wrong, @Nullable StompFrame frame) {
    fail(Failures.of(wrong).about(frame == null ? null : frame.receipt()));
  }

  private void connect(StompFrame frame, State.Expecting expecting) {
    if (!frame.command().connects()) {
      throw StompException.protocol("The first frame is CONNECT.");
    }
    Greeting greeting = Greeting.of(frame, expecting.arrival(), node);
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
    node.deliveries().connections().open(this, !greeting.caller().mayPush());
    long now = node.nanoTime();
    Pulse pulse = new Pulse(wire, outbox, node.heartbeat().toNanos(), greeting.heartBeat(), now);
    Conversation conversation = new Conversation(this, node, greeting, inflow);
    if (toConnected(new State.Connected(conversation, pulse))) {
      node.deliveries().connections().left(this);
      control(
          ServerFrames.connected(
              greeting.version(),
              shown.user(),
              shown.id(),
              node.server(),
              node.heartbeat().toMillis()));
      alarm.set(now);
    } else if (state instanceof State.Ended) {
      node.deliveries().connections().closed(this);
    }
  }

  private synchronized boolean toConnected(State.Connected connected) {
    if (state instanceof State.Expecting) {
      state = connected;
      return true;
    }
    return false;
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
    if (leave() == null) {
      return;
    }
    CloseReason reason = failure.reason();
    node.counters().close(reason);
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
    alarm.set(node.nanoTime());
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
  public boolean quiesce() {
    return !(state instanceof State.Connected connected) || connected.conversation().end();
  }

  @Override
  public void tick() {
    long now = node.nanoTime();
    if (alarm.isDue(now)) {
      alarm.set(now + look(now));
    }
  }

  @Override
  public long restNanos() {
    return alarm.restNanos(node.nanoTime());
  }

  @Override
  public void write(List<Packet> frames, Consumer<@Nullable Throwable> done) {
    if (state instanceof State.Connected connected) {
      connected.pulse().wrote(node.nanoTime());
    }
    node.counters().written(frames);
    wire.write(
        frames,
        failure -> {
          done.accept(failure);
          goOnWhereNotCrowded();
        });
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
      case State.Ended ended -> REST_NANOS;
    };
  }

  private long look(State.Connected connected, long now) {
    Duration valid =
        Duration.between(node.clock().instant(), connected.conversation().caller().expires());
    if (valid.isNegative() || valid.isZero()) {
      close(CloseReason.TOKEN_EXPIRED);
      return 0;
    }
    long next = connected.pulse().look(now, inflow.isStopped());
    if (next == Pulse.GONE) {
      close(CloseReason.SILENT);
      return 0;
    }
    return valid.compareTo(Duration.ofDays(1)) > 0 ? next : Math.min(next, valid.toNanos());
  }

  // Ends the conversation, if that was not done before.
  private @Nullable State leave() {
    State before;
    synchronized (this) {
      before = state;
      if (before instanceof State.Leaving || before instanceof State.Ended) {
        return null;
      }
      state = new State.Leaving(node.nanoTime());
    }
    alarm.set(node.nanoTime());
    inflow.end();
    if (before instanceof State.Connected connected) {
      node.deliveries().connections().leaving(this);
      connected.conversation().end();
    }
    return before;
  }
}
