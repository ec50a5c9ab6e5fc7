package io.belfry.core.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The dead letters of all logs, and those of them that are to be delivered once more. Both are
/// kept for `inbox.ttl`. All methods block and throw a [StoreUnavailableException] where the store
/// cannot be reached now.
public interface DeadLetters {
  /// Adds one, durable once it returns; its offset is assigned. Where its entry was delivered to
  /// its device once more, that has ended by then: what is redelivered afterwards is another time.
  /// The one that its device has of the same entry goes: who cannot know whether it was added adds
  /// it again. The oldest go where there are more than [Retention#MAX_DEAD_LETTERS].
  ///
  /// @return false where its entry is neither in its log nor among what is to be delivered to that
  ///   device once more: what was retracted has no dead letter
  boolean add(DeadLetter letter);

  /// Those after `offset`, oldest first, at most `limit`.
  List<DeadLetter> after(long offset, int limit);

  /// Moves the dead letter at `offset` to its device's redeliveries and rings its log, durable once
  /// it returns.
  ///
  /// @return false where there is none at `offset`
  boolean redeliver(long offset);

  /// The offsets, in their log, of the entries that wait to be delivered to this device once more.
  List<Long> redeliveries(CursorKey key);

  /// One of them, or null where it is settled or expired.
  @Nullable Entry redelivery(CursorKey key, long offset);

  /// The device has settled it: it is forgotten, durable once it returns. Idempotent.
  void settled(CursorKey key, long offset);
}
