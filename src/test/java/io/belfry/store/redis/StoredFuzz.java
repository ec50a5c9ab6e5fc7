package io.belfry.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.belfry.core.log.BelfryException;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Any bytes in Redis are a value or an exception, never more memory than they have themselves; a
/// value is written as it was read; and what a push may say comes back as it was. Each input is
/// read as every kind of value there is.
class StoredFuzz {
  private static final List<Function<byte[], byte[]>> CODECS =
      List.of(
          bytes -> CursorCodec.encode(CursorCodec.decode(bytes)),
          bytes -> SignalCodec.encode(SignalCodec.decode(bytes)),
          bytes -> EntryCodec.encode(EntryCodec.decode(1, bytes)));

  @FuzzTest
  void isAValueOrNone(byte[] bytes) {
    for (Function<byte[], byte[]> codec : CODECS) {
      byte[] once;
      try {
        once = codec.apply(bytes);
      } catch (RuntimeException none) {
        continue;
      }
      assertThat(codec.apply(once)).isEqualTo(once);
    }
    try {
      assertThat(BellCodec.decode(bytes)).isNotNull();
    } catch (RuntimeException none) {
      // As it says.
    }
    keepsWhatAPushSays(new String(bytes, StandardCharsets.UTF_8));
  }

  private static void keepsWhatAPushSays(String lines) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line : lines.split("\n", -1)) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, Math.max(0, colon)), line.substring(colon + 1));
    }
    Push push;
    try {
      push = Push.of(new Destination.Topic("t"), headers, new byte[0], Retention.defaults());
    } catch (BelfryException refused) {
      return;
    }
    Entry entry =
        EntryCodec.decode(
            1, LogKeys.bytes("2 3 " + EntryCodec.text(EntryCodec.encodeFromId(push))));
    assertThat(entry.contentType()).isEqualTo(push.contentType());
    assertThat(entry.headers()).isEqualTo(push.headers());
  }
}
