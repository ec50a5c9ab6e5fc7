package io.belfry.store.redis;

import io.belfry.core.log.Presence;
import io.belfry.core.log.Presence.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is said to all nodes. They hear it at once; one whose listening was interrupted reads the
/// latest signals when it listens again. It keeps no place among them: a signal means the sessions
/// that were there when it was given, so that obeying it twice changes nothing.
final class RedisSignals {
  private static final Logger LOGGER = LoggerFactory.getLogger(RedisSignals.class);
  private static final Script SIGNAL = Script.of("signal");
  private static final Script SIGNALS = Script.of("signals");
  private static final String CHANNEL = LogKeys.PREFIX + "{signals}:b";
  // Apart, so that many clients of MQTT who take over do not push out what an operator said.
  private static final byte[] DISCONNECTS = LogKeys.bytes(LogKeys.PREFIX + "{signals}:d");
  private static final byte[] TAKE_OVERS = LogKeys.bytes(LogKeys.PREFIX + "{signals}:t");
  private static final Duration KEPT = Duration.ofHours(1);
  private static final int MOST = 10_000;
  private static final long RETRY_NANOS = 500_000_000L;

  private final Link link;
  private final Ears ears;
  private volatile boolean missed;
  // Of the timer's thread.
  private long lookAt = System.nanoTime();
  private volatile Presence.@Nullable Listener listener;
  private final Hearing hearing;

  RedisSignals(Link link, Ears ears) {
    this.link = link;
    this.ears = ears;
    this.hearing = new Hearing(ears.channel(CHANNEL), this::hear, () -> missed = true);
  }

  /// Listens as soon as Redis can be had. Does not block.
  ///
  /// @return ends once it is heard from then on
  CompletableFuture<Void> begin() {
    ears.begin(hearing);
    return hearing.begun();
  }

  /// Returns once Redis has it. Blocks.
  void say(Signal signal) {
    byte[] key =
        switch (signal) {
          case Signal.Disconnect disconnect -> DISCONNECTS;
          case Signal.TakeOver takeOver -> TAKE_OVERS;
        };
    var ignored =
        Link.await(
            link.run(
                SIGNAL,
                new byte[][] {key},
                link.now(),
                Link.bytes(KEPT.toMillis()),
                Link.bytes(MOST),
                link.publish(),
                link.channel(CHANNEL),
                SignalCodec.encode(signal)));
  }

  /// This one is told from now on.
  void listen(Presence.Listener whom) {
    listener = whom;
  }

  /// Called some twenty times a second: looks at what was missed.
  void tick() {
    long now = System.nanoTime();
    Presence.Listener whom = listener;
    if (missed && whom != null && now - lookAt >= 0) {
      missed = false;
      lookAt = now + RETRY_NANOS;
      look(whom);
    }
  }

  /// Ends the listening. Blocks.
  void close() {
    ears.end(hearing);
  }

  private void hear(byte[] message) {
    Presence.Listener whom = listener;
    if (whom != null) {
      whom.heard(SignalCodec.decode(message), Instant.MAX);
    }
  }

  private void look(Presence.Listener whom) {
    var ignored =
        link.run(
                SIGNALS,
                new byte[][] {DISCONNECTS, TAKE_OVERS},
                link.now(),
                Link.bytes(KEPT.toMillis()))
            .thenAccept(latest -> obey(whom, latest))
            .exceptionally(failure -> {
              LOGGER.debug("The latest signals could not be read yet", failure);
              missed = true;
              return null;
            });
  }

  private void obey(Presence.Listener whom, List<Object> latest) {
    long now = link.millis();
    for (int i = 0; i < latest.size(); i += 2) {
      Instant given = Instant.ofEpochMilli(now - (Long) latest.get(i + 1));
      whom.heard(SignalCodec.decode((byte[]) latest.get(i)), given);
    }
  }
}
