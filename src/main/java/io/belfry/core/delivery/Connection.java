package io.belfry.core.delivery;

import io.belfry.core.log.Session;
import java.util.List;

/// One client on one transport: what a transport implements so that subscriptions can deliver to
/// it. All methods may be called by any thread.
public interface Connection {
  /// Who it is, as presence shows it.
  Session session();

  /// Whether it says, once it is open, that it takes over from others
  /// ([io.belfry.core.log.Presence.Signal.TakeOver]).
  default boolean takesOver() {
    return false;
  }

  /// Writes these deliveries in their order and waits until the client's socket has taken them; on
  /// a full socket that is as long as it takes. Subscriptions of one connection take turns. Blocks.
  ///
  /// @return false once the connection is closed: nothing more can be delivered on it
  boolean send(Subscription to, List<Delivery> batch) throws InterruptedException;

  /// Waits until it can take something that is read only now: what waits elsewhere than in its log
  /// could be retracted meanwhile. [#send] follows, of at most as many, or of none, and then
  /// [#release]. Blocks.
  ///
  /// @return how many at most, 1 to `most`; 0 once the connection is closed
  default int reserve(Subscription to, int most) throws InterruptedException {
    return most;
  }

  /// What was reserved and is not sent by now will not be. Does not block.
  default void release(Subscription to) {}

  /// A clock in nanoseconds, of any origin, that stands while the client takes no bytes.
  long takingNanos();

  /// Ends the connection, and with it its subscriptions, after telling the client why as far as the
  /// transport can. Does not block. Idempotent: the first reason counts.
  void close(CloseReason reason);

  /// No delivery begins from now on; what was delivered can still be acknowledged. Does not block.
  /// Idempotent.
  ///
  /// @return whether none is under way any more
  default boolean quiesce() {
    return true;
  }

  /// Called by a shared timer, for heart-beats and what has to be noticed in time: some ten times a
  /// second, unless it rests. Must neither block nor be slow.
  void tick();

  /// For how many nanoseconds from now [#tick] has nothing to do. Asked after each call of it; a
  /// connection is called at least every few seconds all the same.
  default long restNanos() {
    return 0;
  }
}
