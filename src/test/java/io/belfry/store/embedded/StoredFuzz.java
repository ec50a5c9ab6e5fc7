package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// Any bytes in the database are a value, or [DamagedDataException]; and a value is written as it
/// was read. Each input is read as every kind of value there is.
class StoredFuzz {
  private static final long OFFSET = 1_800_000_000_000L * 1024;

  private static final List<Function<byte[], byte[]>> CODECS =
      List.of(
          bytes -> LogMeta.decoded(bytes).encoded(),
          bytes -> StoredCursor.decoded(bytes).encoded(),
          bytes -> Remembered.decoded(bytes).encoded(),
          bytes -> Keys.cursor(Keys.cursorKey(bytes)),
          bytes -> Keys.log(Keys.destination(bytes)),
          StoredFuzz::entry,
          StoredFuzz::deadLetter);

  @FuzzTest
  void isAValueOrDamaged(byte[] bytes) {
    for (Function<byte[], byte[]> codec : CODECS) {
      try {
        byte[] once = codec.apply(bytes.clone());
        // Not the bytes as they came: a number may be written in more than one way.
        assertThat(codec.apply(once)).isEqualTo(once);
      } catch (DamagedDataException damaged) {
        assertThat(damaged.getMessage()).isNotBlank();
      }
    }
  }

  private static byte[] entry(byte[] bytes) {
    EntryCodec.Head head = EntryCodec.head(OFFSET, bytes);
    byte[] again =
        EntryCodec.encode(EntryCodec.decode(OFFSET, bytes), head.collapseKey(), head.outOfOrder());
    assertThat(EntryCodec.head(OFFSET, again)).isEqualTo(head);
    return again;
  }

  private static byte[] deadLetter(byte[] bytes) {
    byte[] again =
        DeadLetterCodec.encode(
            DeadLetterCodec.decode(OFFSET, bytes),
            Instant.ofEpochMilli(DeadLetterCodec.expires(bytes)));
    assertThat(Arrays.copyOf(again, 1)).isEqualTo(Arrays.copyOf(bytes, 1));
    return again;
  }
}
