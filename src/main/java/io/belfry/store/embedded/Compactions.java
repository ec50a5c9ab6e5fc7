package io.belfry.store.embedded;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// Compactions that are asked for, as long as they may be cancelled.
final class Compactions {
  // Guarded by this monitor.
  private final List<CompactRangeOptions> running = new ArrayList<>();
  private boolean cancelled;

  /// Writes out a family's rows anew, without what was deleted. Blocks until it is done or
  /// cancelled.
  void run(RocksDB open, ColumnFamilyHandle family) throws RocksDBException {
    try (CompactRangeOptions how = new CompactRangeOptions();
        FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
      how.setExclusiveManualCompaction(false);
      how.setBottommostLevelCompaction(
          CompactRangeOptions.BottommostLevelCompaction.kForceOptimized);
      open.flush(flush, family);
      begin(how);
      try {
        open.compactRange(family, null, null, how);
      } finally {
        end(how);
      }
    }
  }

  /// Ends those that run, and lets none begin.
  synchronized void cancel() {
    cancelled = true;
    running.forEach(how -> how.setCanceled(true));
  }

  private synchronized void begin(CompactRangeOptions how) {
    how.setCanceled(cancelled);
    running.add(how);
  }

  private synchronized void end(CompactRangeOptions how) {
    running.remove(how);
  }
}
