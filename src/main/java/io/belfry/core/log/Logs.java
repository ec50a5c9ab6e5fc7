package io.belfry.core.log;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The logs of a store: one a destination, made by its first append.
///
/// Appends to one log are ordered as [#append] was called on this node. The methods that block are
/// meant for virtual threads and hold no carrier while they wait.
public interface Logs {
  /// Appends `push`: assigns the offset, drops what is over `max-messages`, retracts the older
  /// entry of the same collapse key, remembers the idempotency key and rings, all atomically. A
  /// passing message (TTL 0) only rings and, where it has one, remembers its idempotency key.
  ///
  /// Does not block. The future ends once the entry is durable and not before, on a thread of the
  /// store: what depends on it must neither block nor be slow. It ends with a
  /// [StoreUnavailableException] where the store cannot take it now, or has not confirmed it within
  /// five seconds; in the latter case the entry may still be appended.
  CompletableFuture<Appended> append(Push push);

  /// What is after `position`, oldest first: at most `maxEntries` entries and, beyond the first, at
  /// most `maxBytes` of headers and bodies. Blocks.
  ///
  /// @throws StoreUnavailableException where the store cannot be read now
  Batch after(Destination destination, long position, int maxEntries, long maxBytes);

  /// The entry at `offset`, or null where it expired, was dropped, collapsed, retracted, or never
  /// was. Blocks.
  ///
  /// @throws StoreUnavailableException where the store cannot be read now
  @Nullable Entry entry(Destination destination, long offset);

  /// The last offset assigned in this log, 0 where nothing was ever appended. Blocks.
  ///
  /// @throws StoreUnavailableException where the store cannot be read now
  long last(Destination destination);

  /// Removes the entry at `offset` and rings, durable once it returns; does nothing where it is
  /// gone. Blocks.
  ///
  /// @throws StoreUnavailableException where the store cannot take it now
  void retract(Destination destination, long offset);

  /// The user's queues that were ever appended to, by name, with the last offset of each. Blocks.
  ///
  /// @throws StoreUnavailableException where the store cannot be read now
  Map<String, Long> queues(String user);
}
