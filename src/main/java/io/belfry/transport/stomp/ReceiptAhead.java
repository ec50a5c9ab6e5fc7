package io.belfry.transport.stomp;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The header `receipt` of a frame that is broken before it, so that the `ERROR` can name it. A
/// courtesy: found only in the bytes at hand, and only where it is plain ASCII without escapes.
final class ReceiptAhead {
  private static final byte[] NAME = "receipt:".getBytes(StandardCharsets.US_ASCII);

  private ReceiptAhead() {}

  /// @param from where a line of the head begins, or goes on
  static @Nullable String in(byte[] bytes, int from) {
    int begin = from;
    while (begin < bytes.length) {
      int end = begin;
      while (end < bytes.length && bytes[end] != '\n' && bytes[end] != 0) {
        end++;
      }
      if (end == bytes.length || bytes[end] == 0) {
        return null;
      }
      int last = end > begin && bytes[end - 1] == '\r' ? end - 1 : end;
      if (last == begin) {
        return null;
      }
      if (last - begin <= StompReader.MAX_LINE && beginsWithName(bytes, begin, last)) {
        return plain(bytes, begin + NAME.length, last);
      }
      begin = end + 1;
    }
    return null;
  }

  private static boolean beginsWithName(byte[] bytes, int from, int to) {
    boolean same = to - from >= NAME.length;
    for (int i = 0; same && i < NAME.length; i++) {
      same = bytes[from + i] == NAME[i];
    }
    return same;
  }

  private static @Nullable String plain(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] < ' ' || bytes[i] > '~' || bytes[i] == '\\') {
        return null;
      }
    }
    return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
  }
}
