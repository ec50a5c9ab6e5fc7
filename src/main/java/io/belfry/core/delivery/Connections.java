package io.belfry.core.delivery;

import io.belfry.core.log.Ids;
import io.belfry.core.log.LimitExceededException;
import io.belfry.core.log.Presence;
import io.belfry.core.log.Session;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The connections of this node: counted, limited, shown in presence, and closed when an operator,
/// a newer connection or the end of the node says so.
public final class Connections {
  private final Presence presence;
  private final DeliverySettings settings;
  private final ConcurrentHashMap<String, Set<Connection>> byUser = new ConcurrentHashMap<>();
  private final Set<Connection> strangers = ConcurrentHashMap.newKeySet();
  private final ConcurrentHashMap<String, TakingOver> takingOver = new ConcurrentHashMap<>();
  private final Rounds rounds = new Rounds();
  private final AtomicInteger count = new AtomicInteger();
  private volatile Consumer<Presence.Signal.TakeOver> onTakeOver = takeOver -> {};
  private volatile boolean draining;

  Connections(Presence presence, DeliverySettings settings) {
    this.presence = presence;
    this.settings = settings;
    presence.onSignal(this::obey);
  }

  /// A client has come that has not yet shown who it is: it is ticked, and closed by a drain, but
  /// in no count. Its transport ends that with [#left].
  public void came(Connection connection) {
    strangers.add(connection);
    if (draining) {
      connection.close(CloseReason.GOING);
    }
  }

  /// A client that had come has shown who it is, or is gone. Idempotent.
  public void left(Connection connection) {
    strangers.remove(connection);
  }

  /// A client has shown who it is.
  ///
  /// @param limited whether `limits.connections-per-user` counts for it; not for the scope `push`
  /// @throws LimitExceededException where there are too many
  public void open(Connection connection, boolean limited) {
    String user = connection.session().user();
    if (count.incrementAndGet() > settings.connections()) {
      count.decrementAndGet();
      throw new LimitExceededException(
          "This node has "
              + settings.connections()
              + " connections, as many as belfry.limits.connections allows.");
    }
    var ignored =
        byUser.compute(
            user,
            (u, known) -> {
              int already = known == null ? 0 : known.size();
              if (limited && already >= settings.connectionsPerUser()) {
                count.decrementAndGet();
                throw new LimitExceededException(
                    "This user has "
                        + already
                        + " connections, as many as belfry.limits.connections-per-user allows.");
              }
              if (connection.takesOver()) {
                takingOver.put(connection.session().id(), new TakingOver());
              }
              return with(known, connection);
            });
    rounds.add(connection, 0);
    presence.opened(connection.session());
    if (draining) {
      connection.close(CloseReason.GOING);
    }
  }

  /// A connection is about to end, however long its client takes to hear of it: presence shows it
  /// no longer. It counts until it has ended. Idempotent.
  public void leaving(Connection connection) {
    presence.closed(connection.session());
  }

  /// A connection that was opened has ended. Idempotent.
  public void closed(Connection connection) {
    Session session = connection.session();
    boolean[] known = {false};
    var ignored =
        byUser.computeIfPresent(
            session.user(),
            (user, all) -> {
              known[0] = all.contains(connection);
              return known[0] ? without(all, connection) : all;
            });
    if (known[0]) {
      takingOver.remove(session.id());
      count.decrementAndGet();
      presence.closed(session);
    }
  }

  /// How many there are.
  public int count() {
    return count.get();
  }

  /// All of them, as they are now.
  public List<Connection> all() {
    List<Connection> all = new ArrayList<>(count.get());
    byUser.values().forEach(all::addAll);
    return all;
  }

  /// Those of this user, as they are now.
  public Set<Connection> of(String user) {
    return byUser.getOrDefault(user, Set.of());
  }

  /// Those of this node that this session takes over from, as they are now.
  public List<Connection> takenOverBy(Session session) {
    return of(session.user()).stream().filter(c -> isTakenOver(c.session(), session)).toList();
  }

  /// Calls `listener` for each session that takes over from others, on this node or on another,
  /// once those of this node are closed. It must neither block nor be slow. Called once.
  public void onTakeOver(Consumer<Presence.Signal.TakeOver> listener) {
    onTakeOver = listener;
  }

  boolean isEmpty() {
    return count() == 0 && strangers.isEmpty();
  }

  /// This node is going: who has not yet shown who it is goes at once, and so does who comes from
  /// now on.
  void depart() {
    draining = true;
    List.copyOf(strangers).forEach(stranger -> stranger.close(CloseReason.GOING));
  }

  /// Whether this node is going.
  public boolean isDraining() {
    return draining;
  }

  void tick() {
    strangers.forEach(Connections::tick);
    for (Connection connection : rounds.next()) {
      if (isOpen(connection)) {
        tick(connection);
        rounds.add(connection, connection.restNanos());
      }
    }
  }

  // Where a defect ends this, the connection goes, and the others have their turn all the same.
  private static void tick(Connection connection) {
    try {
      connection.tick();
    } catch (RuntimeException defect) {
      connection.close(CloseReason.DEFECT);
      Defects.report(defect);
    }
  }

  private void obey(Presence.Signal signal, Instant given) {
    List<Connection> meant =
        byUser.getOrDefault(signal.user(), Set.of()).stream()
            .filter(c -> !c.session().since().isAfter(given))
            .toList();
    switch (signal) {
      case Presence.Signal.Disconnect d -> meant.forEach(c -> c.close(CloseReason.OPERATOR));
      case Presence.Signal.TakeOver takeOver -> {
        takingOver.computeIfPresent(takeOver.session().id(), (id, its) -> its.hear() ? null : its);
        meant.stream()
            .filter(c -> isTakenOver(c.session(), takeOver.session()))
            .filter(c -> !tookOverAfter(c.session(), takeOver.session()))
            .forEach(c -> c.close(CloseReason.TAKEN_OVER));
        // A newer one may have been heard before this one was open.
        if (meant.stream().anyMatch(c -> isTakenOver(takeOver.session(), c.session()))) {
          meant.stream()
              .filter(c -> c.session().id().equals(takeOver.session().id()))
              .forEach(c -> c.close(CloseReason.TAKEN_OVER));
        }
        onTakeOver.accept(takeOver);
      }
    }
  }

  private boolean tookOverAfter(Session session, Session other) {
    TakingOver its = takingOver.get(session.id());
    return its != null && its.isAfter(other.id());
  }

  private boolean isOpen(Connection connection) {
    return byUser.getOrDefault(connection.session().user(), Set.of()).contains(connection);
  }

  private static boolean isTakenOver(Session old, Session by) {
    return old.device().equals(by.device())
        && old.transport().equals(by.transport())
        && !old.id().equals(by.id())
        && !beganLater(old, by);
  }

  // Known by the clock of one node alone. A signal may be heard late, when a client that is back at
  // once has begun anew. Sessions are known to the millisecond: of two that began in the same one,
  // each would end the other.
  private static boolean beganLater(Session session, Session other) {
    long since = session.since().toEpochMilli();
    long otherSince = other.since().toEpochMilli();
    return session.node().equals(other.node())
        && (since == otherSince ? Ids.isLater(session.id(), other.id()) : since > otherSince);
  }

  private static Set<Connection> with(@Nullable Set<Connection> known, Connection connection) {
    if (known == null) {
      return Set.of(connection);
    }
    Set<Connection> more = new HashSet<>(known);
    more.add(connection);
    return Set.copyOf(more);
  }

  private static @Nullable Set<Connection> without(Set<Connection> known, Connection connection) {
    Set<Connection> less = new HashSet<>(known);
    less.remove(connection);
    return less.isEmpty() ? null : Set.copyOf(less);
  }
}
