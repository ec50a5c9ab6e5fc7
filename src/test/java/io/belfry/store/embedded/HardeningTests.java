package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.DeadLetter;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Receipt;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Bytes that Belfry did not write, or that a disk has changed: each codec says so, or reads
/// something of the same size, and never anything else.
class HardeningTests {
  private static final long OFFSET = 1_772_000_000_000L * 1024;
  private static final CursorKey KEY =
      new CursorKey(new Destination.Queue("alice", "inbox"), "alice", "phone");

  record Codec(String name, byte[] sample, Function<byte[], Object> decoder) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Codec> codecs() {
    Instant now = Instant.ofEpochMilli(OFFSET / 1024);
    Entry entry =
        new Entry(
            OFFSET,
            "id",
            now,
            now.plusSeconds(60),
            "image/png",
            Map.of("ce-id", "ä"),
            "hello".getBytes(StandardCharsets.UTF_8));
    CursorState state =
        new CursorState(
            OFFSET,
            new TreeSet<>(Arrays.asList(OFFSET + 5, OFFSET + 900)),
            OFFSET + 900,
            new TreeMap<>(Map.of(OFFSET + 7, 3)));
    Receipt receipt = new Receipt("id", OFFSET, true, Duration.ofDays(7));
    Trimmed trimmed = Trimmed.NONE.plus(5, 90).plus(8, 70);
    LogMeta meta = new LogMeta(OFFSET, OFFSET - 9, 4, 1_772_000_000_000L, 9, true, trimmed);
    return Stream.of(
        new Codec(
            "entry",
            EntryCodec.encode(entry, "collapse", true),
            bytes -> EntryCodec.decode(OFFSET, bytes)),
        new Codec(
            "head of an entry",
            EntryCodec.encode(entry, "collapse", true),
            bytes -> EntryCodec.head(OFFSET, bytes)),
        new Codec("cursor", new StoredCursor(state, 77).encoded(), StoredCursor::decoded),
        new Codec("log", meta.encoded(), LogMeta::decoded),
        new Codec(
            "idempotency key",
            new Remembered(7, new byte[16], receipt).encoded(),
            Remembered::decoded),
        new Codec(
            "dead letter",
            DeadLetterCodec.encode(new DeadLetter(9, KEY, 5, "refused", entry), now),
            bytes -> DeadLetterCodec.decode(9, bytes)),
        new Codec("cursor's key", Keys.cursor(KEY), Keys::cursorKey),
        new Codec("log's key", Keys.log(KEY.destination()), Keys::destination));
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void whatIsCutShortIsRefusedOrShorter(Codec codec) {
    assertThat(codec.decoder().apply(codec.sample())).isNotNull();
    for (int length = 0; length < codec.sample().length; length++) {
      decode(codec, Arrays.copyOf(codec.sample(), length));
    }
    assertThatThrownBy(() -> codec.decoder().apply(new byte[0]))
        .isInstanceOf(DamagedDataException.class)
        .hasMessageStartingWith("Stored data is damaged: ");
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void whatIsChangedIsRefusedOrRead(Codec codec) {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] changed = codec.sample().clone();
      for (int times = 1 + random.nextInt(3); times > 0; times--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      decode(codec, changed);
    }
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void noiseIsRefusedOrRead(Codec codec) {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      if (noise.length > 0 && random.nextBoolean()) {
        noise[0] = codec.sample()[0];
      }
      decode(codec, noise);
    }
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void aLengthIsNotBelievedBeforeTheBytesAreThere(Codec codec) {
    byte[] huge = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07};
    for (int at = 0; at < codec.sample().length; at++) {
      byte[] changed = Arrays.copyOf(codec.sample(), codec.sample().length + huge.length);
      System.arraycopy(huge, 0, changed, at, huge.length);
      decode(codec, changed);
    }
  }

  private static void decode(Codec codec, byte[] bytes) {
    try {
      assertThat(codec.decoder().apply(bytes)).isNotNull();
    } catch (DamagedDataException refused) {
      assertThat(refused).hasMessageStartingWith("Stored data is damaged: ");
    }
  }
}
