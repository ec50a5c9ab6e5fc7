package io.belfry.transport;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.Connection;
import io.belfry.core.delivery.Connections;
import io.belfry.core.delivery.Outbox;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The life of one client's connection, whatever it speaks.
///
///                        CONNECT                 the client's good-bye,
///       +-----------+   accepted   +-----------+  failure, close() +---------+
///   --> | Expecting | -----------> | Connected | ----------------> | Leaving |
///       +-----------+              +-----------+                   +---------+
///          |   |                        |                             ^   |
///          |   +-- refused, 10 s over --|-----------------------------+   | hung up,
///          |                            |                                 | 5 s over
///          +--------- wire gone --------+---------> Ended <---------------+
///
/// In Leaving the last frames are written and what comes is read and forgotten, so that a client that
/// still writes can read them. The wire is cut where the client does not answer the good-bye.
///
/// @param <A> what a client has shown before its first frame
/// @param <T> what it does once it is connected
public final class Life<A, T extends Life.Talk> {
  public static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(10);
  public static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long REST_NANOS = TimeUnit.DAYS.toNanos(1);

  /// What a client does once it is connected, as far as its life depends on that. No method blocks.
  public interface Talk {
    /// Until when the client's latest token is valid.
    Instant expires();

    /// Does what is due. Called by the timer alone.
    ///
    /// @param isStanding whether we ourselves have stopped reading
    /// @return for how many nanoseconds nothing will be due, or [KeepAlive#GONE]
    long look(long now, boolean isStanding);

    /// No delivery begins from now on; what was delivered can still be acknowledged. Idempotent.
    ///
    /// @return whether none is under way any more
    boolean quiesce();

    /// The connection is no more. Called once.
    void end(CloseReason reason);
  }

  /// Where in its life a connection is.
  public sealed interface State<A, T> {
    record Expecting<A, T>(A arrival, long since) implements State<A, T> {}

    record Connected<A, T>(T talk) implements State<A, T> {}

    record Leaving<A, T>(long since) implements State<A, T> {}

    record Ended<A, T>() implements State<A, T> {}
  }

  private final LocalNode node;
  private final Connection connection;
  private final Wire wire;
  private final Inflow<?> inflow;
  private final Outbox<Packet> outbox;
  private final Alarm alarm;

  // Changed under this monitor, read by all.
  private volatile State<A, T> state;

  // Written once by the reading thread, before anybody else asks.
  private volatile boolean isOpen;

  /// @param connection whose life it is
  /// @param arrival what the client has shown already
  public Life(
      LocalNode node,
      Connection connection,
      Wire wire,
      Inflow<?> inflow,
      Outbox<Packet> outbox,
      A arrival) {
    this.node = node;
    this.connection = connection;
    this.wire = wire;
    this.inflow = inflow;
    this.outbox = outbox;
    long now = node.nanoTime();
    this.state = new State.Expecting<>(arrival, now);
    this.alarm = new Alarm(now);
  }

  public State<A, T> state() {
    return state;
  }

  public boolean isExpecting() {
    return state instanceof State.Expecting;
  }

  // ---- how it goes on

  void begin() {
    connections().came(connection);
  }

  /// The client has shown who it is, and [Connection#session] says so.
  ///
  /// @param limited as [Connections#open] has it
  public void open(boolean limited) {
    isOpen = true;
    connections().open(connection, limited);
    // It may have begun to leave before they knew it; whoever ends it from now on tells them.
    if (!isExpecting()) {
      connections().leaving(connection);
    }
    if (state instanceof State.Ended) {
      connections().closed(connection);
    }
  }

  /// What the client asks for is done from now on.
  ///
  /// @return false where the connection has been closed meanwhile
  public boolean connected(T talk) {
    if (toConnected(talk)) {
      connections().left(connection);
      return true;
    }
    return false;
  }

  private synchronized boolean toConnected(T talk) {
    if (isExpecting()) {
      state = new State.Connected<>(talk);
      return true;
    }
    return false;
  }

  /// Nothing more is handled, and nothing delivered. Who asks writes the last words; the first
  /// reason counts.
  ///
  /// @return what was before, or null where that was done already
  public @Nullable State<A, T> leave(CloseReason reason) {
    State<A, T> before;
    synchronized (this) {
      before = state;
      if (before instanceof State.Leaving || before instanceof State.Ended) {
        return null;
      }
      state = new State.Leaving<>(node.nanoTime());
    }
    look();
    node.countClose(reason);
    inflow.end();
    if (before instanceof State.Connected<A, T>(T talk)) {
      talk.end(reason);
    }
    if (isOpen) {
      connections().leaving(connection);
    }
    return before;
  }

  void leaving() {
    if (leave(CloseReason.CLIENT_WENT) != null) {
      outbox.close();
    }
  }

  void ended() {
    var ignored = leave(CloseReason.CLIENT_WENT);
    synchronized (this) {
      state = new State.Ended<>();
    }
    outbox.close();
    connections().left(connection);
    if (isOpen) {
      connections().closed(connection);
    }
  }

  boolean quiesce() {
    return !(state instanceof State.Connected<A, T>(T talk)) || talk.quiesce();
  }

  private Connections connections() {
    return node.deliveries().connections();
  }

  // ---- what is due

  /// Something is due earlier than before.
  public void look() {
    alarm.set(node.nanoTime());
  }

  void tick() {
    long now = node.nanoTime();
    if (alarm.isDue(now)) {
      alarm.set(now + look(now));
    }
  }

  long restNanos() {
    return alarm.restNanos(node.nanoTime());
  }

  // For how many nanoseconds nothing will be due.
  private long look(long now) {
    return switch (state) {
      case State.Expecting<A, T> expecting -> {
        long left = expecting.since() + CONNECT_NANOS - now;
        if (left <= 0) {
          connection.close(CloseReason.NOT_CONNECTED);
        }
        yield Math.max(left, 0);
      }
      case State.Connected<A, T>(T talk) -> look(talk, now);
      case State.Leaving<A, T> leaving -> {
        long left = leaving.since() + LEAVE_NANOS - now;
        if (left <= 0) {
          wire.cut();
        }
        yield left <= 0 ? LEAVE_NANOS : left;
      }
      case State.Ended<A, T> _ -> REST_NANOS;
    };
  }

  private long look(T talk, long now) {
    Duration valid = Duration.between(node.clock().instant(), talk.expires());
    if (valid.isNegative() || valid.isZero()) {
      connection.close(CloseReason.TOKEN_EXPIRED);
      return 0;
    }
    long next = talk.look(now, inflow.isStopped());
    if (next == KeepAlive.GONE) {
      connection.close(CloseReason.SILENT);
      return 0;
    }
    return valid.compareTo(Duration.ofDays(1)) > 0 ? next : Math.min(next, valid.toNanos());
  }
}
