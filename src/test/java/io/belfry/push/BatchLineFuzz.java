package io.belfry.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.belfry.core.log.BelfryException;
import io.belfry.core.log.ContentType;
import io.belfry.core.log.JsonText;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/// Any line of a batch is a push or is refused with a sentence, wherever in the batch it stands.
class BatchLineFuzz {
  private static final byte[] BEFORE =
      "{\"to\":\"/topic/é\",\"body\":1}\n".getBytes(StandardCharsets.UTF_8);

  @FuzzTest
  void isAPushOrRefused(byte[] line) {
    byte[] batch = Arrays.copyOf(BEFORE, BEFORE.length + line.length + 1);
    System.arraycopy(line, 0, batch, BEFORE.length, line.length);
    batch[batch.length - 1] = '\n';
    assertThat(told(batch, BEFORE.length, line.length)).isEqualTo(told(line, 0, line.length));
  }

  private static String told(byte[] batch, int from, int length) {
    try {
      BatchLine line = BatchLine.parse(batch, from, length);
      Push push = Push.of(line.to(), line.headers(), line.body(), Retention.defaults());
      if (push.contentType().equals(ContentType.JSON) && isInlined(batch, from, length)) {
        assertThat(JsonText.isValid(line.body())).as("what was inlined is JSON").isTrue();
      }
      return line.to() + " " + line.headers() + " " + Arrays.toString(line.body());
    } catch (BelfryException refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return String.valueOf(refused.getMessage());
    }
  }

  // Neither text nor told to be something else: then the line's own JSON is the body.
  private static boolean isInlined(byte[] batch, int from, int length) {
    String line = new String(batch, from, length, StandardCharsets.UTF_8);
    return !line.contains("\\") && !line.toLowerCase(Locale.ROOT).contains("type");
  }
}
