package io.belfry.store.redis;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Push;
import io.belfry.core.log.Receipt;
import io.belfry.core.log.Retention;
import io.belfry.core.log.StoreUnavailableException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// `append.lua`: everything that a push does, in one round trip.
final class AppendScript {
  /// How long a log's head outlives its last append.
  static final Duration HEAD_LIFE = Duration.ofDays(366);

  /// The largest body that a bell carries along.
  static final int RUNG_BYTES = 4096;

  private static final Script SCRIPT = Script.of("append");
  private static final byte[] NONE = {};
  private static final byte[] ONCE = LogKeys.bytes("0");
  private static final byte[] AGAIN = LogKeys.bytes("1");
  private static final int HASH_BYTES = 16;

  private final Link link;
  private final byte[] maxMessages;
  private final byte[] idempotencyKeep;
  private final byte[] headLife;
  private final byte[] rungBytes = Link.bytes(RUNG_BYTES);

  AppendScript(Link link, Retention retention) {
    this.link = link;
    this.maxMessages = Link.bytes(retention.maxMessages());
    this.idempotencyKeep = Link.bytes(retention.idempotencyKeep().toMillis());
    this.headLife = Link.bytes(HEAD_LIFE.toMillis());
  }

  /// What came of it, and the dead letters of an entry that it collapsed: their places.
  record Outcome(Appended appended, List<Long> deadLetters) {}

  /// @param again whether it may have been sent before
  CompletableFuture<Outcome> run(Push push, boolean again) {
    LogKeys log = LogKeys.of(push.destination());
    String idempotencyKey = push.idempotencyKey();
    byte[][] keys = {
      log.entries(),
      log.head(),
      log.collapse(),
      log.early(),
      log.dropped(),
      log.redeliveries(),
      log.notes(),
      log.queues(),
      NONE
    };
    if (idempotencyKey == null) {
      keys = Arrays.copyOf(keys, keys.length - 1);
    } else {
      keys[keys.length - 1] = log.idempotency(hash(LogKeys.bytes(idempotencyKey)));
    }
    return link.run(
            SCRIPT,
            keys,
            link.now(),
            LogKeys.bytes(push.id()),
            Link.bytes(push.ttl().toMillis()),
            EntryCodec.encodeHead(push),
            push.body(),
            orNone(push.collapseKey()),
            maxMessages,
            link.publish(),
            link.channel(log.channel()),
            LogKeys.bytes(log.queue()),
            rungBytes,
            again ? AGAIN : ONCE,
            idempotencyKey == null ? NONE : LogKeys.bytes(hash(push.body())),
            idempotencyKeep,
            headLife)
        .thenApply(reply -> outcome(push, reply));
  }

  private static Outcome outcome(Push push, List<Object> reply) {
    int kind = ((Long) reply.getFirst()).intValue();
    return switch (kind) {
      case 0 ->
          new Outcome(
              new Appended.Fresh(receipt(push.id(), reply, 1, push.ttl())),
              reply.stream().skip(3).map(p -> Long.parseLong(EntryCodec.text(p))).toList());
      case 1 -> new Outcome(repeated(push, reply), List.of());
      case 2 -> new Outcome(new Appended.Mismatched(), List.of());
      default ->
          throw new StoreUnavailableException(
              "Redis was away while this was appended, and cannot tell whether it was.", null);
    };
  }

  private static Appended repeated(Push push, List<Object> reply) {
    String first = EntryCodec.text(reply.get(1));
    Duration ttl = Duration.ofMillis((Long) reply.get(4));
    Receipt receipt = receipt(first, reply, 2, ttl);
    // This very push: its first answer was lost with a connection.
    return first.equals(push.id()) ? new Appended.Fresh(receipt) : new Appended.Repeated(receipt);
  }

  private static Receipt receipt(String id, List<Object> reply, int at, Duration ttl) {
    long offset = (Long) reply.get(at);
    boolean online = (Long) reply.get(at + 1) > 0;
    return new Receipt(id, offset == 0 ? null : offset, online, ttl);
  }

  private static byte[] orNone(@Nullable String text) {
    return text == null ? NONE : text.getBytes(StandardCharsets.UTF_8);
  }

  private static String hash(byte[] bytes) {
    try {
      byte[] all = MessageDigest.getInstance("SHA-256").digest(bytes);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(all, HASH_BYTES));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
