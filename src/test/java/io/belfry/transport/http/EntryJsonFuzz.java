package io.belfry.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.belfry.core.delivery.Delivery;
import io.belfry.core.log.ContentType;
import io.belfry.core.log.Entry;
import io.belfry.core.log.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An entry of any content is one line of JSON that says what it has, and so fits into one `data:`
/// of an event stream.
class EntryJsonFuzz {
  private static final JsonMapper JACKSON = new JsonMapper();

  @FuzzTest
  void isOneLineOfJsonThatSaysItAll(byte[] body) {
    for (String type : List.of(ContentType.JSON, ContentType.OCTETS)) {
      String header = new String(body, 0, Math.min(40, body.length), StandardCharsets.UTF_8);
      Entry entry =
          new Entry(7, "id", Instant.EPOCH, Instant.MAX, type, Map.of("ce-x", header), body);
      byte[] line = EntryJson.of(new Delivery(entry, true, 5));
      assertThat(line).doesNotContain('\n', '\r');
      assertThat(JsonText.isValid(line)).isTrue();
      if (!JsonText.isValid(body) || type.equals(ContentType.OCTETS)) {
        JsonNode json = JACKSON.readTree(line);
        assertThat(json.path("headers").path("ce-x").stringValue()).isEqualTo(header);
        assertThat(bytes(json)).isEqualTo(body);
      }
    }
  }

  private static byte[] bytes(JsonNode json) {
    String body = json.path("body").stringValue();
    return json.has("encoding")
        ? Base64.getDecoder().decode(body)
        : body.getBytes(StandardCharsets.UTF_8);
  }
}
