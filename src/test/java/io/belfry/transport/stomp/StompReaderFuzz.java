package io.belfry.transport.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.belfry.testing.Chunks;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Any bytes are frames or a failure that says so, the same ones however they are cut, and what was
/// read can be written and read again.
class StompReaderFuzz {
  private static final int MAX_BODY = 2048;

  /// What came of some bytes.
  private record Outcome(List<String> frames, @Nullable String failure) {}

  @FuzzTest
  void readsTheSameFramesHoweverTheyAreCut(byte[] bytes) {
    check(bytes, null);
    for (StompVersion version : StompVersion.values()) {
      check(bytes, version);
    }
  }

  private static void check(byte[] bytes, @Nullable StompVersion version) {
    for (boolean text : List.of(false, true)) {
      List<StompFrame> frames = new ArrayList<>();
      Outcome whole = read(List.of(bytes.clone()), version, text, frames);
      for (List<byte[]> chunks : Chunks.of(bytes)) {
        assertThat(read(chunks, version, text, new ArrayList<>())).isEqualTo(whole);
      }
      byte[] again = written(frames, version);
      assertThat(read(List.of(again), version, text, new ArrayList<>()))
          .isEqualTo(new Outcome(whole.frames(), null));
    }
  }

  private static Outcome read(
      List<byte[]> chunks, @Nullable StompVersion version, boolean text, List<StompFrame> into) {
    StompReader reader = new StompReader(MAX_BODY);
    if (version != null) {
      reader.speak(version);
    }
    String failure = null;
    try {
      for (byte[] chunk : chunks) {
        reader.feed(chunk, text);
        StompFrame frame = reader.next();
        while (frame != null) {
          into.add(frame);
          frame = reader.next();
        }
        assertThat(reader.hasMore()).isFalse();
      }
    } catch (StompException broken) {
      // Not the receipt: that is found only where it is in the same chunk.
      failure = broken.failure().reason() + " " + broken.failure().sentence();
    }
    return new Outcome(into.stream().map(StompReaderFuzz::told).toList(), failure);
  }

  private static String told(StompFrame frame) {
    assertThat(frame.body().length).isLessThanOrEqualTo(MAX_BODY);
    assertThat(frame.headers()).hasSizeLessThanOrEqualTo(2 * StompReader.MAX_HEADERS);
    return frame.command()
        + " "
        + frame.headers()
        + " "
        + new String(frame.body(), StandardCharsets.ISO_8859_1);
  }

  private static byte[] written(List<StompFrame> frames, @Nullable StompVersion version) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (StompFrame frame : frames) {
      StompVersion escaping =
          version == null || frame.command().connects() ? StompVersion.V1_0 : version;
      StringBuilder head = new StringBuilder(frame.command() + "\n");
      for (int i = 0; i < frame.headers().size(); i += 2) {
        head.append(ServerFrames.escaped(frame.headers().get(i), escaping))
            .append(':')
            .append(ServerFrames.escaped(frame.headers().get(i + 1), escaping))
            .append('\n');
      }
      bytes.writeBytes(head.append('\n').toString().getBytes(StandardCharsets.UTF_8));
      bytes.writeBytes(frame.body());
      bytes.write(0);
    }
    return bytes.toByteArray();
  }
}
