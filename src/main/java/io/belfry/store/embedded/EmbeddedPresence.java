package io.belfry.store.embedded;

import io.belfry.core.log.Presence;
import io.belfry.core.log.Session;
import io.belfry.core.log.StoreUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who is connected to this node, which is the only one: in memory, since it ends with the node.
final class EmbeddedPresence implements Presence {
  private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedPresence.class);

  private final Map<String, List<Session>> sessions = new ConcurrentHashMap<>();
  private final Executor signals;
  private volatile @Nullable Listener listener;

  /// @param signals where the listener is called, one call at a time
  EmbeddedPresence(Executor signals) {
    this.signals = signals;
  }

  @Override
  public void opened(Session session) {
    sessions.compute(
        session.user(),
        (user, before) -> {
          List<Session> all = before == null ? new ArrayList<>(1) : new ArrayList<>(before);
          all.add(session);
          return all;
        });
  }

  @Override
  public void closed(Session session) {
    sessions.computeIfPresent(
        session.user(),
        (user, before) -> {
          List<Session> left = new ArrayList<>(before);
          left.removeIf(other -> other.id().equals(session.id()));
          return left.isEmpty() ? null : left;
        });
  }

  @Override
  public List<Session> of(String user) {
    return List.copyOf(sessions.getOrDefault(user, List.of()));
  }

  @Override
  public void signal(Signal signal) {
    Listener told = listener;
    if (told == null) {
      return;
    }
    try {
      signals.execute(() -> tell(told, signal));
    } catch (RejectedExecutionException e) {
      throw new StoreUnavailableException("The store is closed.", e);
    }
  }

  @Override
  public void onSignal(Listener told) {
    listener = told;
  }

  private static void tell(Listener told, Signal signal) {
    try {
      told.heard(signal, Instant.MAX);
    } catch (RuntimeException e) {
      LOGGER.error("Who listens to signals failed at one.", e);
    }
  }
}
