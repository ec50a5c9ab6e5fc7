package io.belfry.core.log;

import java.time.Instant;
import java.util.List;

/// Who is connected, on which node, and how to reach them there.
public interface Presence {
  /// What is said to connections on all nodes.
  sealed interface Signal {
    String user();

    /// An operator disconnects this user.
    record Disconnect(String user) implements Signal {}

    /// This session takes over from all others of the same user, device and transport.
    ///
    /// @param resumes whether it goes on with what they had, rather than begin anew
    record TakeOver(Session session, boolean resumes) implements Signal {
      @Override
      public String user() {
        return session.user();
      }
    }
  }

  /// Who hears signals.
  @FunctionalInterface
  interface Listener {
    /// @param given when that was, by this node's clock; sessions that began later are not meant.
    ///   [Instant#MAX] where it is heard as it is given
    void heard(Signal signal, Instant given);
  }

  /// A session began. Does not block; seen on all nodes within a second.
  void opened(Session session);

  /// A session ended. Does not block; seen on all nodes within a second, or within half a minute
  /// where its node was killed.
  void closed(Session session);

  /// The sessions of a user on all nodes. Blocks.
  ///
  /// @throws StoreUnavailableException where the store cannot be read now
  List<Session> of(String user);

  /// Says it to all nodes, this one included. Blocks until the store has taken it.
  ///
  /// @throws StoreUnavailableException where the store cannot take it now
  void signal(Signal signal);

  /// Calls `listener` for every signal, on a thread of the store: it must neither block nor be
  /// slow. One may be heard late and more than once. Called once, at the start.
  void onSignal(Listener listener);
}
