package io.belfry.core.log;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Presence of one node, in memory. It never goes away.
public final class InMemoryPresence implements Presence {
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private final List<Presence.Listener> signals = new ArrayList<>();

  @Override
  public void opened(Session session) {
    sessions.add(session);
  }

  @Override
  public void closed(Session session) {
    sessions.remove(session);
  }

  @Override
  public List<Session> of(String user) {
    return sessions.stream().filter(s -> s.user().equals(user)).toList();
  }

  @Override
  public void signal(Signal signal) {
    tell(signal, Instant.MAX);
  }

  /// As a node hears it that had missed it when it was given.
  public void tell(Signal signal, Instant given) {
    signals.forEach(listener -> listener.heard(signal, given));
  }

  @Override
  public void onSignal(Presence.Listener listener) {
    signals.add(listener);
  }
}
