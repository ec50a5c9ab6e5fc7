package io.belfry.store.embedded;

/// Something that changes the store. Works on the committer's thread, on what the operations before
/// it made of the store.
///
/// It may be applied more than once, each time to fresh changes: it must keep nothing of an earlier
/// time.
///
/// @param <T> what it answers once it is durable
@FunctionalInterface
interface Operation<T> {
  /// Makes its changes. What it throws fails it alone, and none of its changes are made.
  T apply(Changes changes);

  /// How much memory it holds while it waits, in bytes.
  default int size() {
    return 256;
  }
}
