package io.belfry.store.embedded;

import java.util.concurrent.atomic.LongAdder;

/// What the store counts since its start. Any thread may read.
public final class Counters {
  final LongAdder operations = new LongAdder();
  final LongAdder commits = new LongAdder();
  final LongAdder commitNanos = new LongAdder();
  final LongAdder committedBytes = new LongAdder();
  final LongAdder failedCommits = new LongAdder();
  final LongAdder appends = new LongAdder();
  final LongAdder reads = new LongAdder();
  final LongAdder entriesRead = new LongAdder();
  final LongAdder reopened = new LongAdder();

  Counters() {}

  /// Appends that were asked for.
  public long appends() {
    return appends.sum();
  }

  /// Operations that were committed: appends and all other changes. Divided by [#commits], the size
  /// of a batch.
  public long operations() {
    return operations.sum();
  }

  /// Batches that were written and synced.
  public long commits() {
    return commits.sum();
  }

  /// The time that writing and syncing them took.
  public long commitNanos() {
    return commitNanos.sum();
  }

  /// The bytes in them.
  public long committedBytes() {
    return committedBytes.sum();
  }

  /// Batches that could not be written.
  public long failedCommits() {
    return failedCommits.sum();
  }

  /// Reads that were not answered from memory.
  public long reads() {
    return reads.sum();
  }

  /// Entries that they answered.
  public long entriesRead() {
    return entriesRead.sum();
  }

  /// How often the database was opened anew after a failed write.
  public long reopened() {
    return reopened.sum();
  }
}
