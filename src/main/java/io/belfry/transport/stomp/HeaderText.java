package io.belfry.transport.stomp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// How names and values of headers are written. Strict: a carriage return, an unknown escape and
/// malformed UTF-8 are errors.
enum HeaderText {
  /// As in `CONNECT`: a backslash is one.
  PLAIN,

  /// As in 1.0: the same, and spaces around are none of it. Its examples are padded with them.
  PADDED,

  /// As in 1.1.
  ESCAPED,

  /// As in 1.2, which has an escape for the carriage return too.
  ESCAPED_WITH_RETURN;

  /// What came is none.
  static final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String sentence;

    private MalformedException(String sentence) {
      // No stack trace: it is the client that is wrong, and it could be wrong often.
      super(sentence, null, false, false);
      this.sentence = sentence;
    }

    /// What is wrong with it, for its client.
    String sentence() {
      return sentence;
    }
  }

  /// Those of a client's frame.
  ///
  /// @param version null before the session has one
  static HeaderText of(@Nullable ClientCommand command, @Nullable StompVersion version) {
    if (version == null || command == null || command.connects()) {
      return PLAIN;
    }
    if (!version.escapes()) {
      return PADDED;
    }
    return version == StompVersion.V1_2 ? ESCAPED_WITH_RETURN : ESCAPED;
  }

  /// What `bytes[from..to)` say.
  ///
  /// @throws MalformedException where they say nothing
  String decoded(byte[] bytes, int from, int to) {
    boolean isAscii = true;
    boolean hasEscape = false;
    for (int i = from; i < to; i++) {
      isAscii &= bytes[i] >= 0;
      hasEscape |= bytes[i] == '\\';
      if (bytes[i] == '\r') {
        throw new MalformedException("A header has a carriage return in it.");
      }
    }
    String raw =
        isAscii
            ? new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)
            : utf8(bytes, from, to);
    return switch (this) {
      case PLAIN -> raw;
      case PADDED -> raw.strip();
      case ESCAPED, ESCAPED_WITH_RETURN -> hasEscape ? unescaped(raw) : raw;
    };
  }

  private static String utf8(byte[] bytes, int from, int to) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, to - from))
          .toString();
    } catch (CharacterCodingException malformed) {
      throw new MalformedException("A header is not UTF-8.");
    }
  }

  private String unescaped(String raw) {
    StringBuilder plain = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '\\') {
        i++;
        plain.append(i < raw.length() ? meant(raw.charAt(i)) : meant(' '));
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  private char meant(char escaped) {
    boolean isReturn = escaped == 'r' && this == ESCAPED_WITH_RETURN;
    return switch (escaped) {
      case 'n' -> '\n';
      case 'c' -> ':';
      case '\\' -> '\\';
      default -> {
        if (isReturn) {
          yield '\r';
        }
        throw new MalformedException("A header has a backslash that escapes nothing.");
      }
    };
  }
}
