package io.belfry.transport.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What attackers send that is no frame, or too much of one.
class FrameHardeningTests extends SessionFixture {
  private static final String SEND = "SEND\ndestination:/topic/a\nreceipt:7\n";

  static Stream<Arguments> tooMuch() {
    String line = "x".repeat(StompReader.MAX_LINE);
    return Stream.of(
        Arguments.of("more than 128 headers", SEND + "a:b\n".repeat(127) + "\n", "7"),
        Arguments.of("longer than 8192 bytes", SEND + "a:" + line + "\n\n", "7"),
        Arguments.of("longer than 8192 bytes", SEND + "a:" + line.repeat(100), "7"),
        Arguments.of(
            "too long together", SEND + ("a:" + line.substring(2) + "\n").repeat(33) + "\n", "7"),
        Arguments.of("longer than 2048 bytes", SEND + "\n" + "x".repeat(2049), "7"),
        Arguments.of("longer than 2048 bytes", SEND + "content-length:2049\n\n", "7"),
        Arguments.of("longer than 2048 bytes", SEND + "content-length:99999999999999\n\n", "7"),
        Arguments.of(
            "more than 128 headers", "SEND\n" + "a:b\n".repeat(129) + "receipt:7\n\n", "7"),
        Arguments.of(
            "more than 128 headers", "SEND\n" + "a:b\n".repeat(128) + "receipt:7\n\n", "7"),
        Arguments.of("longer than 8192 bytes", "SEND\na:" + line + "\r\nreceipt:7\r\n\r\n", "7"));
  }

  @ParameterizedTest
  @MethodSource("tooMuch")
  void tooMuchOfAFrameIsALimit(String why, String frame, String receipt) {
    Client pusher = connected("service/push");

    pusher.send(frame);

    ServerFrame error = pusher.error(4429);
    assertThat(error.header("message")).contains(why);
    assertThat(error.header("receipt-id")).isEqualTo(receipt);
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of("where its content-length says", SEND + "content-length:1\n\nab", "7"),
        Arguments.of("a number of bytes", SEND + "content-length:-1\n\n", "7"),
        Arguments.of("a number of bytes", SEND + "content-length:1x\n\n", "7"),
        Arguments.of("a number of bytes", SEND + "content-length:\n\n", "7"),
        Arguments.of("before its headers did", SEND + "a:\0b\n\n", "7"),
        Arguments.of("before its headers did", "SEND", ""),
        Arguments.of("a name, a colon", SEND + "abc\n\n", "7"),
        Arguments.of("a name, a colon", SEND + ":abc\n\n", "7"),
        Arguments.of("a name, a colon", "SEND\nabc\nd:e\nreceipt:7\n\n", "7"),
        Arguments.of("a name, a colon", "SEND\nabc\nreceipt:\\t\n\n", ""),
        Arguments.of("a name, a colon", "SEND\nabc\n\nreceipt:7\n", ""),
        Arguments.of("carriage return", SEND + "a:b\rc\n\n", "7"),
        Arguments.of("escapes nothing", SEND + "a:\\t\n\n", "7"),
        Arguments.of("escapes nothing", SEND + "a:\\\n\n", "7"),
        Arguments.of("takes no body", "ACK\nid:1-1\nreceipt:7\n\nabc", "7"),
        Arguments.of("takes no body", "DISCONNECT\ncontent-length:3\nreceipt:7\n\nabc", "7"),
        Arguments.of("no command", "GET / HTTP/1.1\nHost: x\n\n", ""),
        Arguments.of("no command", "HELLO\nreceipt:7\n\n", "7"),
        Arguments.of("no command", "send\nreceipt:7\n\n", "7"),
        Arguments.of("no command", "MESSAGE\ndestination:/topic/a\nreceipt:7\n\n", "7"),
        Arguments.of("no command", "x".repeat(1_000_000), ""));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void whatIsNoFrameGetsAnErrorThatSaysWhy(String why, String frame, String receipt) {
    Client pusher = connected("service/push");

    pusher.send(frame);

    ServerFrame error = pusher.error(1002);
    assertThat(error.header("message")).contains(why);
    assertThat(error.header("receipt-id")).isEqualTo(receipt);
  }

  @Test
  void malformedUtf8InAHeaderIsAnError() {
    Client alice = alice();

    alice.sendBytes(
        new byte[] {'A', 'C', 'K', '\n', 'i', 'd', ':', (byte) 0xc0, '\n', '\n', 0}, false);

    assertThat(alice.error(1002).header("message")).contains("UTF-8");
  }

  @Test
  void aTextMessageHasTextAlone() {
    Client pusher = connected("service/push");
    byte[] frame = (SEND + "\n??\0").getBytes(StandardCharsets.ISO_8859_1);
    frame[frame.length - 2] = (byte) 0xff;

    pusher.sendBytes(frame.clone(), false);
    assertThat(pusher.next().command()).isEqualTo("RECEIPT");
    pusher.sendBytes(frame, true);

    assertThat(pusher.error(1002).header("message")).contains("UTF-8");
  }

  @Test
  void whoIsUnknownIsGivenLittleMemory() {
    Client stranger = stranger();

    stranger.send("CONNECT\n" + ("a:" + "x".repeat(8000) + "\n").repeat(5));

    assertThat(stranger.error(4429).header("message")).contains("too long together");
  }
}
