package io.belfry.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.core.log.InvalidInputException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchLineTests {
  @Test
  void readsAllMembers() {
    BatchLine line =
        parse(
            """
            {"ttl":60,"idempotencyKey":"k","collapse":"c","contentType":"text/csv","other":{"a":[1]},
             "headers":{"CE-Id":"1","urgency":"low"},"body":"a,b","to":"/user/a%2Bb/queue/q"}\
            """);

    assertThat(line.to().path()).isEqualTo("/user/a+b/queue/q");
    assertThat(text(line)).isEqualTo("a,b");
    assertThat(line.headers())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "CE-Id", "1",
                "urgency", "low",
                "TTL", "60",
                "Topic", "c",
                "Idempotency-Key", "k",
                "Content-Type", "text/csv"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ \"a\" : 1.0E+2,\"b\":[] }",
        "[1, 2 ,\"]\"]",
        "12345678901234567890.10",
        "-0",
        "true",
        "false",
        "null"
      })
  void keepsJsonAsItWasWritten(String json) {
    BatchLine line = parse("{\"to\":\"/topic/t\",\"body\": " + json + " ,\"ttl\":1}");

    assertThat(text(line)).isEqualTo(json);
    assertThat(line.headers()).containsEntry("Content-Type", "application/json");
    assertThat(text(parse("{\"to\":\"/topic/t\",\"body\":" + json + "}"))).isEqualTo(json);
  }

  @Test
  void takesAStringAsText() {
    BatchLine line = parse("{\"to\":\"/topic/t\",\"body\":\"{\\\"a\\\":\\ud83d\\ude00 é\"}");

    assertThat(text(line)).isEqualTo("{\"a\":😀 é");
    assertThat(line.headers()).containsEntry("Content-Type", "text/plain;charset=UTF-8");
  }

  @Test
  void decodesBase64AndLeavesItsTypeToBeInferred() {
    BatchLine line = parse("{\"to\":\"/topic/t\",\"body\":\"AP8=\",\"encoding\":\"base64\"}");

    assertThat(line.body()).containsExactly(0, 0xff);
    assertThat(line.headers()).isEmpty();
  }

  @Test
  void aMemberBeatsTheHeaderOfTheSameMeaning() {
    BatchLine line =
        parse("{\"to\":\"/topic/t\",\"body\":\"\",\"ttl\":1,\"headers\":{\"ttl\":\"2\"}}");

    assertThat(line.headers()).containsEntry("TTL", "1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "[]",
        "1",
        "\"x\"",
        "{",
        "{}",
        "{\"to\":1,\"body\":1}",
        "{\"to\":\"/topic/t\"}",
        "{\"body\":1}",
        "{\"to\":\"/user/queue/q\",\"body\":1}",
        "{\"to\":\"/topic/t\",\"body\":1}{}",
        "{\"to\":\"/topic/t\",\"body\":1},",
        "{\"to\":\"/topic/t\",\"body\":01}",
        "{\"to\":\"/topic/t\",\"body\":[1}",
        "{\"to\":\"/topic/t\",\"body\":\"x\",\"ttl\":\"1\"}",
        "{\"to\":\"/topic/t\",\"body\":\"x\",\"ttl\":1.5}",
        "{\"to\":\"/topic/t\",\"body\":\"x\",\"encoding\":\"hex\"}",
        "{\"to\":\"/topic/t\",\"body\":\"*\",\"encoding\":\"base64\"}",
        "{\"to\":\"/topic/t\",\"body\":{},\"encoding\":\"base64\"}",
        "{\"to\":\"/topic/t\",\"body\":\"\\ud83d\"}",
        "{\"to\":\"/topic/t\",\"body\":\"x\",\"headers\":{\"ce-id\":\"\\ud83d\"}}",
        "{\"to\":\"/topic/t\",\"body\":\"x\",\"headers\":[]}",
        "{\"to\":\"/topic/t\",\"body\":\"x\",\"headers\":{\"ce-id\":1}}",
        "{\"to\":\"/topic/t\",\"body\":\"x\",\"headers\":{\"ce-id\":\"1\",\"CE-ID\":\"1\"}}",
        "{\"to\":\"/topic/t\",\"body\":\"x\",\"collapse\":null}",
      })
  void refusesWhatSaysNoPush(String line) {
    assertThatThrownBy(() -> parse(line)).isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE"})
  void refusesAnotherEncodingThanUtf8(String charset) {
    byte[] before = "{}\n".getBytes(StandardCharsets.UTF_8);
    byte[] line = "{\"to\":\"/topic/t\",\"body\":{\"a\":1}}".getBytes(Charset.forName(charset));
    byte[] batch = Arrays.copyOf(before, before.length + line.length);
    System.arraycopy(line, 0, batch, before.length, line.length);

    assertThatThrownBy(() -> BatchLine.parse(batch, before.length, line.length))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void passesAByteOrderMarkOver() {
    assertThat(text(parse("\ufeff{\"to\":\"/topic/t\",\"body\":{\"é\":1}}")))
        .isEqualTo("{\"é\":1}");
  }

  @Test
  void refusesMoreHeadersThanARequestCouldHave() {
    String line = "{\"to\":\"/topic/t\",\"body\":1,\"headers\":{\"ce-a\":\"%s\",\"ce-b\":\"%s\"}}";
    String half = "v".repeat(8 * 1024 - 4);

    assertThat(parse(line.formatted(half, half)).headers()).containsEntry("ce-b", half);
    assertThatThrownBy(() -> parse(line.formatted(half, half + "v")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("16384");
  }

  @Test
  void refusesBytesThatAreNoUtf8() {
    byte[] line = "{\"to\":\"/topic/t\",\"body\":\"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> BatchLine.parse(line, 0, line.length))
        .isInstanceOf(InvalidInputException.class);
  }

  // Within other bytes, as a line of a batch is.
  private static BatchLine parse(String line) {
    byte[] bytes = ("{\n" + line + "\n}").getBytes(StandardCharsets.UTF_8);
    return BatchLine.parse(bytes, 2, bytes.length - 4);
  }

  private static String text(BatchLine line) {
    return new String(line.body(), StandardCharsets.UTF_8);
  }
}
