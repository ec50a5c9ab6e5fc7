package io.belfry.store.redis;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Push;
import io.belfry.core.log.Receipt;
import io.belfry.core.log.Retention;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// `append.lua`: everything that a push does, in one round trip; several pushes share one.
final class AppendScript {
  /// How long a log's head outlives its last append.
  static final Duration HEAD_LIFE = Duration.ofDays(366);

  // The largest entry that a bell carries along.
  private static final int RUNG_BYTES = 4096;

  private static final Script SCRIPT = Script.of("append", "log");
  private static final byte[] NONE = {};
  private static final byte[] ONCE = LogKeys.bytes("0");
  private static final byte[] AGAIN = LogKeys.bytes("1");
  private static final int HASH_BYTES = 16;
  // While they are appended the server does nothing else: a few milliseconds at most.
  private static final int MOST = 128;

  private final Link link;
  private final Script script;

  AppendScript(Link link, Retention retention) {
    this.link = link;
    this.script =
        SCRIPT.with(
            Map.of(
                "MAX_MESSAGES", retention.maxMessages(),
                "RUNG_BYTES", RUNG_BYTES,
                "IDEMPOTENCY_KEEP", retention.idempotencyKeep().toMillis(),
                "HEAD_LIFE", HEAD_LIFE.toMillis(),
                "PUBLISH", link.isSharded() ? "SPUBLISH" : "PUBLISH"));
  }

  /// A push as the script takes it.
  ///
  /// @param again whether it may have been sent before
  record Call(Push push, boolean again, byte[][] keys, byte[][] arguments) {
    Call sentAgain() {
      return new Call(push, true, keys, arguments);
    }
  }

  /// What came of one.
  sealed interface Outcome {
    /// @param notes of what was collapsed and has dead letters
    record Known(Appended appended, List<byte[]> notes) implements Outcome {}

    /// It may have been appended when it was sent before, and nobody can tell any more.
    record Unknowable() implements Outcome {}
  }

  /// How many it takes in one round trip. On a Cluster each log may be on another server.
  int most() {
    return link.isOneServer() ? MOST : 1;
  }

  Call call(Push push) {
    LogKeys log = LogKeys.of(push.destination());
    String idempotencyKey = push.idempotencyKey();
    List<byte[]> keys = new ArrayList<>();
    Collections.addAll(
        keys, log.entries(), log.head(), log.collapse(), log.early(), log.dropped(), log.queues());
    if (push.collapseKey() != null) {
      keys.add(log.redeliveries());
      keys.add(log.notes());
    }
    if (idempotencyKey != null) {
      keys.add(log.idempotency(hash(LogKeys.bytes(idempotencyKey))));
    }
    byte[][] arguments = {
      Link.bytes(keys.size()),
      link.channel(log.channel()),
      Link.bytes(push.ttl().toMillis()),
      EntryCodec.encodeFromId(push),
      orNone(push.collapseKey()),
      LogKeys.bytes(log.queue()),
      idempotencyKey == null ? NONE : LogKeys.bytes(hash(push.body()))
    };
    return new Call(push, false, keys.toArray(byte[][]::new), arguments);
  }

  /// Appends these in their order. Does not block.
  ///
  /// @param calls at most [#most()]
  CompletableFuture<List<Outcome>> run(List<Call> calls) {
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(link.now());
    for (Call call : calls) {
      Collections.addAll(keys, call.keys());
      Collections.addAll(arguments, call.arguments());
      arguments.add(call.again() ? AGAIN : ONCE);
    }
    return link.run(script, keys.toArray(byte[][]::new), arguments.toArray(byte[][]::new))
        .thenApply(replies -> outcomes(calls, replies));
  }

  private static List<Outcome> outcomes(List<Call> calls, List<Object> replies) {
    List<Outcome> outcomes = new ArrayList<>(calls.size());
    for (int i = 0; i < calls.size(); i++) {
      outcomes.add(outcome(calls.get(i).push(), (List<?>) replies.get(i)));
    }
    return outcomes;
  }

  private static Outcome outcome(Push push, List<?> reply) {
    int kind = ((Long) reply.getFirst()).intValue();
    return switch (kind) {
      case 0 ->
          new Outcome.Known(
              new Appended.Fresh(receipt(push.id(), reply, 1, push.ttl())), notes(reply, 3));
      case 1 -> new Outcome.Known(repeated(push, reply), notes(reply, 5));
      case 2 -> new Outcome.Known(new Appended.Mismatched(), List.of());
      default -> new Outcome.Unknowable();
    };
  }

  private static List<byte[]> notes(List<?> reply, int from) {
    return reply.stream().skip(from).map(byte[].class::cast).toList();
  }

  private static Appended repeated(Push push, List<?> reply) {
    String first = EntryCodec.text(reply.get(1));
    Duration ttl = Duration.ofMillis((Long) reply.get(4));
    Receipt receipt = receipt(first, reply, 2, ttl);
    // This very push: its first answer was lost with a connection.
    return first.equals(push.id()) ? new Appended.Fresh(receipt) : new Appended.Repeated(receipt);
  }

  private static Receipt receipt(String id, List<?> reply, int at, Duration ttl) {
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
