package io.belfry.store.embedded;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.WALRecoveryMode;

/// How RocksDB is set up: for a small memory of at most about 130 MB outside of the heap, however
/// much there is on disk.
final class RocksOptions implements AutoCloseable {
  private static final long MB = 1024 * 1024;
  private static final long DAY = 24 * 60 * 60;

  private final Cache cache = new LRUCache(48 * MB);
  private final BloomFilter bloom = new BloomFilter(10);
  private final DBOptions database =
      new DBOptions()
          .setCreateIfMissing(true)
          .setCreateMissingColumnFamilies(true)
          .setMaxBackgroundJobs(2)
          .setMaxOpenFiles(512)
          .setDbWriteBufferSize(48 * MB)
          // One WAL for all families: what is seldom written must not keep the old ones.
          .setMaxTotalWalSize(64 * MB)
          // A sync of a file that does not grow writes no more than what is new in it.
          .setRecycleLogFileNum(2)
          .setBytesPerSync(MB)
          // What a crash cut off in the middle of a write was never answered.
          .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
          // The committer is the only writer.
          .setAllowConcurrentMemtableWrite(false)
          .setEnableWriteThreadAdaptiveYield(false)
          .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
          .setMaxLogFileSize(4 * MB)
          .setKeepLogFileNum(3)
          .setStatsDumpPeriodSec(0)
          .setStatsPersistPeriodSec(0);

  private final List<ColumnFamilyDescriptor> families = new ArrayList<>();

  RocksOptions() {
    for (Family family : Family.values()) {
      ColumnFamilyOptions options = options(family);
      families.add(new ColumnFamilyDescriptor(family.stored(), options));
    }
  }

  DBOptions database() {
    return database;
  }

  /// In the order of [Family].
  List<ColumnFamilyDescriptor> families() {
    return families;
  }

  @Override
  public void close() {
    families.forEach(family -> family.getOptions().close());
    database.close();
    bloom.close();
    cache.close();
  }

  private ColumnFamilyOptions options(Family family) {
    return new ColumnFamilyOptions()
        // Small, so that finding the place of a row stays cheap.
        .setWriteBufferSize(family == Family.ENTRIES ? 16 * MB : 4 * MB)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setLevelCompactionDynamicLevelBytes(true)
        // Everything is deleted one day: no file keeps what is for longer than this.
        .setPeriodicCompactionSeconds(7 * DAY)
        .setTableFormatConfig(
            new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setBlockSize(8 * 1024)
                .setFilterPolicy(bloom)
                .setOptimizeFiltersForMemory(true)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinL0FilterAndIndexBlocksInCache(true)
                .setFormatVersion(5));
  }
}
