package io.belfry.store.embedded;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Bell;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Push;
import io.belfry.core.log.Receipt;
import org.jspecify.annotations.Nullable;

/// One append, with its idempotency key where it has one. A repeat finds the key, also that of a
/// push that is in the same batch: then both are answered once the batch is written.
final class AppendOperation implements Operation<Appended> {
  /// What all appends share.
  record Context(LogRows logs, IdempotencyKeys keys, EmbeddedBells bells) {}

  private final Context context;
  private final Push push;
  private final byte @Nullable [] key;
  private final byte[] body;

  /// Hashes what has to be hashed; so it is made on the caller's thread.
  AppendOperation(Context context, Push push) {
    this.context = context;
    this.push = push;
    String named = push.idempotencyKey();
    this.key = named == null ? null : IdempotencyKeys.hash(push.destination(), named);
    this.body = named == null ? Keys.EMPTY : IdempotencyKeys.hash(push.body());
  }

  @Override
  public Appended apply(Changes changes) {
    if (key == null) {
      return new Appended.Fresh(append(changes));
    }
    Remembered before = context.keys().find(changes, key);
    if (before != null) {
      return before.isFor(body)
          ? new Appended.Repeated(before.receipt())
          : new Appended.Mismatched();
    }
    Receipt receipt = append(changes);
    context.keys().remember(changes, key, body, receipt);
    return new Appended.Fresh(receipt);
  }

  @Override
  public int size() {
    return 512 + push.size();
  }

  private Receipt append(Changes changes) {
    boolean online = context.bells().isListenedTo(push.destination());
    if (push.isPassing()) {
      Entry message = Entry.of(push, 0, changes.now());
      changes.ring(push.destination(), new Bell.Passing(message));
      return new Receipt(push.id(), null, online, push.ttl());
    }
    Entry entry = context.logs().append(changes, push);
    return new Receipt(push.id(), entry.offset(), online, push.ttl());
  }
}
