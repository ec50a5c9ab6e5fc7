package io.belfry.store.redis;

import io.belfry.core.log.Ids;
import io.belfry.core.log.Presence;
import io.belfry.core.log.Session;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Who is connected, on all nodes. A session is a field of its user's hash; it carries the run of
/// its node, and counts while that run's lease lives. So a killed node's sessions end with its
/// lease, and nobody has to find them.
final class RedisPresence implements Presence {
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final long RENEWAL_NANOS = 5_000_000_000L;
  private static final long RETRY_NANOS = 500_000_000L;
  // A hash whose node was killed goes in the end; one of a living node is touched once a day.
  private static final long HASH_LIFE_MILLIS = Duration.ofDays(3).toMillis();
  private static final long TOUCH_NANOS = Duration.ofDays(1).toNanos();
  private static final int CHANGES_A_TICK = 1000;
  private static final byte[] ALIVE = {'1'};

  private final Link link;
  private final RedisSignals signals;
  private final String run = Ids.next();
  private final Map<String, Session> mine = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Session> changed = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Void> begun = new CompletableFuture<>();
  private volatile String refusal = "it is not heard yet";
  private volatile boolean announceAll;
  private long renewedAt = System.nanoTime() - RENEWAL_NANOS;
  private long touchedAt = System.nanoTime();

  RedisPresence(Link link, Ears ears) {
    this.link = link;
    this.signals = new RedisSignals(link, ears);
  }

  @Override
  public void opened(Session session) {
    mine.put(session.id(), session);
    say(session);
  }

  @Override
  public void closed(Session session) {
    if (mine.remove(session.id()) != null) {
      say(session);
    }
  }

  @Override
  public List<Session> of(String user) {
    byte[] key = LogKeys.sessions(user);
    Map<byte[], byte[]> fields = Link.await(link.send(c -> c.hgetall(key)));
    Map<String, CompletableFuture<Long>> leases = new HashMap<>();
    for (byte[] value : fields.values()) {
      leases.computeIfAbsent(runOf(value), r -> link.send(c -> c.exists(lease(r))));
    }
    Set<String> alive = new HashSet<>();
    leases.forEach((name, lives) -> {
      if (Link.await(lives) > 0) {
        alive.add(name);
      }
    });
    List<Session> sessions = new ArrayList<>();
    fields.forEach((id, value) -> {
      if (alive.contains(runOf(value))) {
        String words = EntryCodec.text(value);
        sessions.add(SignalCodec.session(user, words.substring(words.indexOf(' ') + 1)));
      } else {
        // Its node is gone; if it only was away, it says so again.
        var ignored = link.send(c -> c.hdel(key, id));
      }
    });
    return sessions;
  }

  @Override
  public void signal(Signal signal) {
    signals.say(signal);
  }

  @Override
  public void onSignal(Listener listener) {
    signals.listen(listener);
  }

  /// Takes the lease, and listens to signals, before the first session: once Redis takes that, of
  /// which [#tick] asks it again and again. Does not block.
  ///
  /// @return ends then
  CompletableFuture<Void> start() {
    renew();
    return CompletableFuture.allOf(begun, signals.begin());
  }

  /// Why it has not begun, for a log.
  String refusal() {
    return refusal;
  }

  /// Called some twenty times a second: says what could not be said before, and renews the lease.
  void tick() {
    signals.tick();
    long now = System.nanoTime();
    if (now - renewedAt >= (begun.isDone() ? RENEWAL_NANOS : RETRY_NANOS)) {
      renewedAt = now;
      renew();
    }
    if (announceAll || now - touchedAt >= TOUCH_NANOS) {
      announceAll = false;
      touchedAt = now;
      changed.addAll(mine.values());
    }
    for (int i = 0; i < CHANGES_A_TICK; i++) {
      Session session = changed.poll();
      if (session == null) {
        return;
      }
      say(session);
    }
  }

  /// Says that the sessions of this run are over.
  void close() {
    signals.close();
    var ignored = link.send(c -> c.del(lease(run)));
  }

  // What is true now, whatever the call was: so the order of repeats does not matter.
  private void say(Session session) {
    byte[] key = LogKeys.sessions(session.user());
    byte[] id = LogKeys.bytes(session.id());
    if (mine.containsKey(session.id())) {
      byte[] value = LogKeys.bytes(run + ' ' + SignalCodec.withoutUser(session));
      repeatedUnlessSaid(session, link.send(c -> c.hset(key, id, value)));
      var ignored = link.send(c -> c.pexpire(key, HASH_LIFE_MILLIS));
    }
    // Whoever has ended it meanwhile may have said so before this has said that it is there.
    if (!mine.containsKey(session.id())) {
      repeatedUnlessSaid(session, link.send(c -> c.hdel(key, id)));
    }
  }

  private void repeatedUnlessSaid(Session session, CompletableFuture<?> said) {
    var ignored =
        said.whenComplete((done, failure) -> {
          if (failure != null) {
            changed.add(session);
          }
        });
  }

  private void renew() {
    var ignored =
        renewed()
            .whenComplete((lived, failure) -> {
              if (failure != null) {
                refusal = Failures.innermost(failure);
              } else if (!begun.complete(null) && !lived) {
                // It had ended: whoever looked meanwhile took these sessions for gone.
                announceAll = true;
              }
            });
  }

  // Answers whether the lease still lived. Then it lives on by a command that a full server takes.
  private CompletableFuture<Boolean> renewed() {
    byte[] lease = lease(run);
    return link.send(c -> c.pexpire(lease, LEASE.toMillis()))
        .thenCompose(lived ->
            lived
                ? CompletableFuture.completedFuture(true)
                : link.send(c -> c.set(lease, ALIVE, SetArgs.Builder.px(LEASE)))
                    .thenApply(taken -> false));
  }

  private static String runOf(byte[] value) {
    String words = EntryCodec.text(value);
    return words.substring(0, words.indexOf(' '));
  }

  private static byte[] lease(String run) {
    return LogKeys.bytes(LogKeys.PREFIX + "n:{" + run + '}');
  }
}
