package io.belfry.store.redis;

import io.belfry.core.log.Ids;
import io.belfry.core.log.StoreUnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All that this node listens to, on one connection to each shard. [#tick] keeps them: it builds
/// those that were lost or are deaf, and listens again to what was listened to there.
final class Ears implements Ear.Listener, AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Ears.class);
  private static final long PROBE_NANOS = 2_000_000_000L;
  // Two probes that did not come back, and the time one may take.
  private static final long DEAF_NANOS = 2 * PROBE_NANOS + 500_000_000L;
  private static final long RETRY_NANOS = 300_000_000L;
  private static final int LOOKS_A_TICK = 200;
  private static final byte[] PROBE = {'!'};

  private final Servers servers;
  private final Link link;
  private final String run = Ids.next();
  private final Map<String, Hearing> hearings = new ConcurrentHashMap<>();
  private final Map<String, Hearing> ending = new ConcurrentHashMap<>();
  private final Map<Servers.Shard, Ear> ears = new ConcurrentHashMap<>();
  private final Map<Servers.Shard, CompletableFuture<Void>> connecting = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Hearing> homeless = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Hearing> toLook = new ConcurrentLinkedQueue<>();
  private final Map<Servers.Shard, Long> retryAt = new HashMap<>();
  private final AtomicLong rebuilt = new AtomicLong();
  private long probedAt = System.nanoTime() - PROBE_NANOS;
  private volatile boolean closed;

  Ears(Servers servers, Link link) {
    this.servers = servers;
    this.link = link;
  }

  /// Listens from now on. Returns once the server has confirmed it. Blocks.
  ///
  /// @throws StoreUnavailableException where it does not in time
  void listen(Hearing hearing) {
    begin(hearing);
    try {
      Link.await(hearing.begun());
    } catch (RuntimeException late) {
      end(hearing);
      throw late;
    }
  }

  /// Listens as soon as the server can be had: [Hearing#begun] tells. Does not block.
  void begin(Hearing hearing) {
    if (closed) {
      throw new StoreUnavailableException("The store is closed.", null);
    }
    if (hearings.putIfAbsent(hearing.channel(), hearing) != null) {
      throw new IllegalStateException(hearing.channel() + " is listened to already");
    }
    settle(hearing);
  }

  /// Ends it. Returns once the server has confirmed that, or cannot. Blocks.
  void end(Hearing hearing) {
    hearing.close();
    hearings.remove(hearing.channel(), hearing);
    Ear ear = hearing.ear;
    if (ear == null || !ear.isOpen()) {
      return;
    }
    ending.put(hearing.channel(), hearing);
    try {
      ear.end(hearing);
      Link.await(hearing.ended());
    } catch (StoreUnavailableException gone) {
      // With its connection the listening is gone as well.
    } finally {
      ending.remove(hearing.channel(), hearing);
    }
  }

  /// What a channel of this name is called there.
  String channel(String name) {
    return servers.channel(name);
  }

  /// How often a listening connection was built anew.
  long rebuilt() {
    return rebuilt.get();
  }

  /// Whether every shard is listened to and a probe came back lately.
  boolean areUp() {
    try {
      for (Servers.Shard shard : servers.shards()) {
        Ear ear = ears.get(shard);
        if (ear == null || !ear.isOpen() || !ear.hasHeard(DEAF_NANOS)) {
          return false;
        }
      }
      return true;
    } catch (RuntimeException away) {
      return false;
    }
  }

  /// Called some twenty times a second, on one thread.
  void tick() {
    if (closed) {
      return;
    }
    long now = System.nanoTime();
    Set<Servers.Shard> shards = servers.shards();
    for (Ear ear : ears.values()) {
      boolean isDeaf = ear.isDeaf(DEAF_NANOS);
      if (!shards.contains(ear.shard()) || !ear.isOpen() || isDeaf) {
        if (isDeaf && ear.isOpen()) {
          LOGGER.warn("A listening connection to Redis hears nothing: it is built anew");
        }
        lose(ear);
      }
    }
    for (Servers.Shard shard : shards) {
      if (!ears.containsKey(shard) && now - retryAt.getOrDefault(shard, now) >= 0) {
        connect(shard);
        retryAt.put(shard, now + RETRY_NANOS);
      }
    }
    settleHomeless();
    look();
    if (now - probedAt >= PROBE_NANOS) {
      probedAt = now;
      ears.values().forEach(this::probe);
    }
  }

  @Override
  public void close() {
    closed = true;
    // What is being built is closed once it is there.
    List.copyOf(connecting.values()).forEach(Link::await);
    ears.values().forEach(Ear::closeAndWait);
  }

  @Override
  public void heard(Ear ear, String channel, byte[] message) {
    Hearing hearing = hearings.get(channel);
    if (hearing != null) {
      hearing.hear(message);
    }
  }

  @Override
  public void confirmed(Ear ear, String channel) {
    Hearing hearing = hearings.get(channel);
    if (hearing != null && hearing.confirm()) {
      toLook.add(hearing);
    }
  }

  @Override
  public void ended(Ear ear, String channel) {
    Hearing expected = ending.get(channel);
    if (expected != null) {
      expected.ended().complete(null);
      return;
    }
    // Nobody asked for it: its slot has moved.
    refused(ear, channel);
  }

  @Override
  public void refused(Ear ear, String channel) {
    servers.refresh();
    Hearing hearing = hearings.get(channel);
    if (hearing != null) {
      hearing.ear = null;
      homeless.add(hearing);
    }
  }

  private void lose(Ear ear) {
    if (!ears.remove(ear.shard(), ear)) {
      return;
    }
    rebuilt.incrementAndGet();
    ear.close();
    for (Hearing hearing : hearings.values()) {
      if (ear.equals(hearing.ear)) {
        hearing.ear = null;
        homeless.add(hearing);
      }
    }
    for (Hearing hearing : ending.values()) {
      if (ear.equals(hearing.ear)) {
        hearing.ended().complete(null);
      }
    }
  }

  /// Opens it, unless it is open or being opened. Does not block.
  void connect(Servers.Shard shard) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (connecting.putIfAbsent(shard, done) != null) {
      return;
    }
    Thread.ofVirtual()
        .name("belfry-ear")
        .start(() -> {
          try {
            // It may have been opened since it was missed: a second one would hide the first.
            if (!ears.containsKey(shard)) {
              open(shard);
            }
          } catch (RuntimeException away) {
            LOGGER.debug("Redis cannot be listened to yet", away);
          } finally {
            connecting.remove(shard, done);
            done.complete(null);
          }
        });
  }

  private void open(Servers.Shard shard) {
    Ear ear = new Ear(shard, servers.listen(shard), servers.isSharded(), this, probeOf(shard));
    ear.open();
    ears.put(shard, ear);
    probe(ear);
  }

  // Everything in one go, so that it is asked for in few commands.
  private void settleHomeless() {
    Map<Ear, List<Hearing>> moves = new HashMap<>();
    List<Hearing> stay = new ArrayList<>();
    for (Hearing hearing = homeless.poll(); hearing != null; hearing = homeless.poll()) {
      if (hearings.get(hearing.channel()) != hearing) {
        continue;
      }
      Ear ear = earOf(hearing);
      if (ear == null) {
        stay.add(hearing);
      } else {
        hearing.ear = ear;
        moves.computeIfAbsent(ear, e -> new ArrayList<>()).add(hearing);
      }
    }
    if (!stay.isEmpty()) {
      homeless.addAll(stay);
      servers.refresh();
    }
    moves.forEach(Ear::listen);
  }

  private void settle(Hearing hearing) {
    Ear ear = earOf(hearing);
    if (ear == null) {
      homeless.add(hearing);
      return;
    }
    hearing.ear = ear;
    ear.listen(List.of(hearing));
    if (!ear.equals(ears.get(ear.shard()))) {
      // Lost meanwhile, and maybe not seen when what was on it was gathered.
      hearing.ear = null;
      homeless.add(hearing);
    }
  }

  private @Nullable Ear earOf(Hearing hearing) {
    try {
      Ear ear = ears.get(servers.shardOf(hearing.channel()));
      return ear != null && ear.isOpen() ? ear : null;
    } catch (RuntimeException unserved) {
      return null;
    }
  }

  private void look() {
    ArrayDeque<Hearing> some = new ArrayDeque<>();
    for (int i = 0; i < LOOKS_A_TICK; i++) {
      Hearing hearing = toLook.poll();
      if (hearing == null) {
        break;
      }
      some.add(hearing);
    }
    some.forEach(Hearing::look);
  }

  private void probe(Ear ear) {
    link.probe(LogKeys.bytes(ear.probe()), PROBE);
  }

  // On a Cluster: a name whose slot this shard serves.
  private String probeOf(Servers.Shard shard) {
    for (int i = 0; i < 100_000; i++) {
      String channel = channel(LogKeys.PREFIX + "p:{" + run + '-' + i + '}');
      if (servers.shardOf(channel).equals(shard)) {
        return channel;
      }
    }
    throw new IllegalStateException(shard + " serves too few slots to be probed");
  }
}
