package io.belfry.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What is taken for JSON here is what Jackson takes for it, and nothing else.
class JsonTextFuzz {
  private static final JsonMapper JACKSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  @FuzzTest
  void isJsonWhereJacksonSaysSo(byte[] bytes) {
    boolean isValid = JsonText.isValid(bytes);
    if (isValid) {
      assertThat(ContentType.isUtf8(bytes)).isTrue();
    }
    if (JsonText.isContainer(bytes)) {
      assertThat(isValid).isTrue();
    }
    if (isPlainUtf8(bytes)) {
      try {
        boolean isThere = !JACKSON.readTree(bytes).isMissingNode();
        assertThat(isValid).as("as Jackson has it").isEqualTo(isThere);
      } catch (StreamConstraintsException limit) {
        // Its own limits on the length of a number and the depth of a document.
      } catch (JacksonException notJson) {
        assertThat(isValid).as("as Jackson has it: " + notJson.getMessage()).isFalse();
      }
    } else {
      assertThat(isValid).isFalse();
    }
  }

  // Of other bytes Jackson guesses the encoding.
  private static boolean isPlainUtf8(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return ContentType.isUtf8(bytes) && text.indexOf('\0') < 0 && !text.startsWith("\uFEFF");
  }
}
