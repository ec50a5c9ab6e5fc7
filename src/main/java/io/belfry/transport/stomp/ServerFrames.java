package io.belfry.transport.stomp;

import io.belfry.transport.CloseCodes;
import io.belfry.transport.Packet;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The frames that a server sends beside `MESSAGE`.
final class ServerFrames {
  static final Packet.Data HEART_BEAT = new Packet.Data(new byte[] {'\n'}, true);

  private ServerFrames() {}

  /// The answer to a `CONNECT`; its headers have no escapes in any version.
  static Packet.Data connected(
      StompVersion version, String user, String session, String server, long heartBeatMillis) {
    return packet(
        "CONNECTED\nversion:"
            + version.number()
            + "\nuser-name:"
            + user
            + "\nsession:"
            + session
            + "\nserver:"
            + server
            + "\nheart-beat:"
            + heartBeatMillis
            + ','
            + heartBeatMillis
            + "\n\n\0");
  }

  static Packet.Data receipt(StompVersion version, String id) {
    return packet("RECEIPT\nreceipt-id:" + escaped(id, version) + "\n\n\0");
  }

  /// @param version null where none was agreed upon: then the client learns what there is
  static Packet.Data error(@Nullable StompVersion version, Failure failure) {
    StompVersion spoken = version == null ? StompVersion.V1_2 : version;
    StringBuilder frame = new StringBuilder(160);
    frame.append("ERROR\nmessage:").append(escaped(failure.sentence(), spoken));
    frame.append("\ncode:").append(CloseCodes.of(failure.reason()));
    if (failure.status() != 0) {
      frame.append("\nstatus:").append(failure.status());
    }
    String receipt = failure.receiptId();
    if (receipt != null) {
      frame.append("\nreceipt-id:").append(escaped(receipt, spoken));
    }
    if (version == null) {
      frame.append("\nversion:").append(StompVersion.ALL);
    }
    return packet(frame.append("\ncontent-length:0\n\n\0").toString());
  }

  /// A header's name or value, as this version writes it.
  static String escaped(String plain, StompVersion version) {
    if (!version.escapes() || !needsEscape(plain)) {
      return plain;
    }
    StringBuilder escaped = new StringBuilder(plain.length() + 8);
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      switch (c) {
        case '\\' -> escaped.append("\\\\");
        case '\n' -> escaped.append("\\n");
        case '\r' -> escaped.append("\\r");
        case ':' -> escaped.append("\\c");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  static boolean needsEscape(String plain) {
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      if (c == '\\' || c == ':' || c == '\n' || c == '\r') {
        return true;
      }
    }
    return false;
  }

  private static Packet.Data packet(String frame) {
    return new Packet.Data(frame.getBytes(StandardCharsets.UTF_8), true);
  }
}
