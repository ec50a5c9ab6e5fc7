package io.belfry.transport.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StompReaderTests {
  private static final String SEND = "SEND\ndestination:/topic/a\n";

  private static StompReader speaking(StompVersion version) {
    StompReader reader = new StompReader(100);
    reader.speak(version);
    return reader;
  }

  private static List<StompFrame> read(StompReader reader, byte[]... chunks) {
    List<StompFrame> frames = new ArrayList<>();
    for (byte[] chunk : chunks) {
      reader.feed(chunk, false);
      for (StompFrame frame = reader.next(); frame != null; frame = reader.next()) {
        frames.add(frame);
      }
      assertThat(reader.hasMore()).isFalse();
    }
    return frames;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static StompFrame readOne(StompVersion version, String frame) {
    return read(speaking(version), utf8(frame)).getFirst();
  }

  private static String body(StompFrame frame) {
    return new String(frame.body(), StandardCharsets.UTF_8);
  }

  @Test
  void aFrameIsItsCommandItsHeadersAndItsBody() {
    StompFrame frame = readOne(StompVersion.V1_2, SEND + "x:\n\nhello\0");

    assertThat(frame.command()).isEqualTo(ClientCommand.SEND);
    assertThat(frame.header("destination")).isEqualTo("/topic/a");
    assertThat(frame.header("x")).isEmpty();
    assertThat(frame.header("y")).isNull();
    assertThat(body(frame)).isEqualTo("hello");
  }

  @ParameterizedTest
  @EnumSource
  void linesMayEndWithACarriageReturnToo(StompVersion version) {
    StompFrame frame =
        readOne(version, "SEND\r\ndestination:/topic/a\r\ncontent-length:2\r\n\r\nhi\0\r\n");

    assertThat(frame.header("destination")).isEqualTo("/topic/a");
    assertThat(body(frame)).isEqualTo("hi");
  }

  @Test
  void howTheBytesAreCutDoesNotMatter() {
    byte[] all =
        utf8(
            "\n\r\nCONNECT\r\naccept-version:1.2\r\n\r\n\0\n\n"
                + SEND
                + "content-length:5\n\na\0b\0c\0"
                + SEND
                + "x:ä\\c\n\nlö\0ACK\nid:1-2\n\n\0\n");
    List<StompFrame> whole = read(speaking(StompVersion.V1_2), all);
    assertThat(whole)
        .extracting(StompFrame::command)
        .containsExactly(
            ClientCommand.CONNECT, ClientCommand.SEND, ClientCommand.SEND, ClientCommand.ACK);
    assertThat(body(whole.get(1))).isEqualTo("a\0b\0c");
    assertThat(whole.get(2).header("x")).isEqualTo("ä:");

    for (int size = 1; size < all.length; size++) {
      List<byte[]> chunks = new ArrayList<>();
      for (int from = 0; from < all.length; from += size) {
        chunks.add(Arrays.copyOfRange(all, from, Math.min(all.length, from + size)));
      }
      List<StompFrame> cut = read(speaking(StompVersion.V1_2), chunks.toArray(byte[][]::new));
      assertThat(cut).hasSameSizeAs(whole);
      for (int i = 0; i < cut.size(); i++) {
        assertThat(cut.get(i).headers()).isEqualTo(whole.get(i).headers());
        assertThat(cut.get(i).body()).isEqualTo(whole.get(i).body());
      }
    }
  }

  @Test
  void aBodyOfSomeLengthMayHaveAnyBytes() {
    byte[] head = utf8(SEND + "content-length:4\n\n");
    byte[] frame = Arrays.copyOf(head, head.length + 5);
    frame[head.length] = -1;
    frame[head.length + 2] = '\n';

    assertThat(read(speaking(StompVersion.V1_2), frame).getFirst().body())
        .containsExactly(-1, 0, '\n', 0);
  }

  @Test
  void theFirstOfRepeatedHeadersCounts() {
    assertThat(readOne(StompVersion.V1_2, "ACK\nid:1\nid:2\n\n\0").header("id")).isEqualTo("1");
    assertThat(
            readOne(StompVersion.V1_2, SEND + "content-length:1\ncontent-length:9\n\na\0").body())
        .hasSize(1);
  }

  @Test
  void escapesAreThoseOfTheVersion() {
    String frame = "ACK\nid:a\\cb\\nc\\\\d\n\n\0";

    assertThat(readOne(StompVersion.V1_2, frame).header("id")).isEqualTo("a:b\nc\\d");
    assertThat(readOne(StompVersion.V1_1, frame).header("id")).isEqualTo("a:b\nc\\d");
    assertThat(readOne(StompVersion.V1_0, frame).header("id")).isEqualTo("a\\cb\\nc\\\\d");
    assertThat(readOne(StompVersion.V1_2, "ACK\nid:a\\r\n\n\0").header("id")).isEqualTo("a\r");
  }

  @Test
  void namesHaveEscapesToo() {
    assertThat(readOne(StompVersion.V1_2, "ACK\ni\\cd:1\n\n\0").header("i:d")).isEqualTo("1");
  }

  @Test
  void aConnectHasNoEscapes() {
    assertThat(readOne(StompVersion.V1_2, "CONNECT\npasscode:a\\b:c\n\n\0").header("passcode"))
        .isEqualTo("a\\b:c");
  }

  @Test
  void aColonInAValueIsTaken() {
    assertThat(readOne(StompVersion.V1_2, "ACK\nid:a:b\n\n\0").header("id")).isEqualTo("a:b");
  }

  @Test
  void heartBeatsAreNoFrames() {
    StompReader reader = speaking(StompVersion.V1_2);

    assertThat(read(reader, utf8("\n"), utf8("\r\n\n\n"))).isEmpty();
  }

  @Test
  void whatIsOnTheBoundariesIsTaken() {
    StringBuilder headers = new StringBuilder("SEND\n");
    for (int i = 1; i < StompReader.MAX_HEADERS; i++) {
      headers.append("h").append(i).append(":v\n");
    }
    String longest = "x:" + "y".repeat(StompReader.MAX_LINE - 2);

    StompFrame frame =
        readOne(StompVersion.V1_2, headers + longest + "\r\n\n" + "b".repeat(100) + "\0");

    assertThat(frame.headers()).hasSize(2 * StompReader.MAX_HEADERS);
    assertThat(frame.body()).hasSize(100);
  }

  @Test
  void nothingIsKeptBetweenFrames() {
    StompReader reader = speaking(StompVersion.V1_2);

    read(reader, utf8(SEND + "\nhello\0"));

    assertThat(reader).extracting("partial", "chunk").containsOnlyNulls();
  }
}
