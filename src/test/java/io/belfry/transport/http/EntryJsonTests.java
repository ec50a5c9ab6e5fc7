package io.belfry.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.delivery.Delivery;
import io.belfry.core.log.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EntryJsonTests {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void hasTheMembersOfAnEntryAndNoOthers() {
    Entry entry = entry("application/json", "{\"a\":1}");

    assertThat(text(EntryJson.of(entry)))
        .isEqualTo(
            "{\"offset\":1024,\"id\":\"x1\",\"timestamp\":1700000000123,"
                + "\"contentType\":\"application/json\",\"headers\":{},\"body\":{\"a\":1}}");
  }

  @Test
  void inlinesJsonAsItWasWrittenOnOneLine() {
    String body = "{\n \"n\": 1.0E+2,\r\n \"n\": 12345678901234567890 }";

    String json = text(EntryJson.of(entry("application/cloudevents+json; charset=utf-8", body)));

    assertThat(json).contains("\"body\":{  \"n\": 1.0E+2,   \"n\": 12345678901234567890 }");
    assertThat(json).doesNotContain("\n", "\r");
  }

  @Test
  void quotesTextAndWhatOnlyClaimsToBeJson() {
    String body = "{\"broken\": \\ \t\n\u0001 é€😀";

    for (String type : new String[] {"text/plain;charset=UTF-8", "application/json"}) {
      JsonNode json = JSON.readTree(EntryJson.of(entry(type, body)));
      assertThat(json.get("body").stringValue()).isEqualTo(body);
      assertThat(json.has("encoding")).isFalse();
    }
  }

  @Test
  void writesOtherBytesInBase64() {
    byte[] body = {(byte) 0xff, 0, (byte) 0xfe};

    JsonNode json = JSON.readTree(EntryJson.of(entry("application/json", body, Map.of())));

    assertThat(json.get("body").stringValue()).isEqualTo("/wD+");
    assertThat(json.get("encoding").stringValue()).isEqualTo("base64");
  }

  @Test
  void anEmptyBodyIsAnEmptyString() {
    JsonNode json = JSON.readTree(EntryJson.of(entry("application/json", "")));

    assertThat(json.get("body").stringValue()).isEmpty();
  }

  @Test
  void keepsHeadersWhateverIsInThem() {
    Map<String, String> headers =
        new TreeMap<>(Map.of("ce-id", "a\"b\\c é", "traceparent", "00-1-2-3"));

    JsonNode json = JSON.readTree(EntryJson.of(entry("text/plain", bytes("x"), headers)));

    assertThat(json.get("headers").get("ce-id").stringValue()).isEqualTo("a\"b\\c é");
    assertThat(json.get("headers").get("traceparent").stringValue()).isEqualTo("00-1-2-3");
  }

  @Test
  void saysThatItComesAgainAndWhereAHoleIs() {
    Entry entry = entry("text/plain", "x");

    assertThat(text(EntryJson.of(new Delivery(entry, true, 7))))
        .endsWith("\"body\":\"x\",\"redelivered\":true,\"gap-after\":7}");
    assertThat(text(EntryJson.of(new Delivery(entry, false, 0)))).endsWith(",\"gap-after\":0}");
    assertThat(text(EntryJson.of(entry))).endsWith("\"body\":\"x\"}");
  }

  private static Entry entry(String contentType, String body) {
    return entry(contentType, bytes(body), Map.of());
  }

  private static Entry entry(String contentType, byte[] body, Map<String, String> headers) {
    Instant now = Instant.ofEpochMilli(1_700_000_000_123L);
    return new Entry(1024, "x1", now, now.plusSeconds(60), contentType, headers, body);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
