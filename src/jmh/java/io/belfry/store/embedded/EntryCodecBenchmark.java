package io.belfry.store.embedded;

import io.belfry.core.log.ContentType;
import io.belfry.core.log.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What the bytes of an entry cost, to and from RocksDB.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EntryCodecBenchmark {
  private static final Instant NOW = Instant.ofEpochMilli(1_792_000_000_000L);
  private static final long OFFSET = NOW.toEpochMilli() * 1024;

  private final Entry entry =
      new Entry(
          OFFSET,
          "01JABCDEFGHJKMNPQRSTVWXYZ0",
          NOW,
          NOW.plus(Duration.ofDays(7)),
          ContentType.JSON,
          Map.of("priority", "5"),
          new byte[240]);
  private final byte[] bytes = EntryCodec.encode(entry, null, false);

  @Benchmark
  public byte[] encode() {
    return EntryCodec.encode(entry, null, false);
  }

  @Benchmark
  public Entry decode() {
    return EntryCodec.decode(OFFSET, bytes);
  }

  /// What deleting it needs to know.
  @Benchmark
  public Object head() {
    return EntryCodec.head(OFFSET, bytes);
  }
}
