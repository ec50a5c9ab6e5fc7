package io.belfry.transport.stomp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A frame that has begun: what a [StompReader] has of it.
final class PartialFrame {
  private static final int SMALLEST_CARRY = 256;

  final List<String> headers = new ArrayList<>(8);
  @Nullable ClientCommand command;
  boolean isCommandRead;
  boolean isHeadRead;
  int headBytes;

  // Of the body, -1 where only its NUL says where it ends.
  int contentLength = -1;

  // The beginning of a line or body that goes on in the next chunk.
  byte[] carry = {};
  int carried;

  /// Keeps `bytes[from..end)` for the next chunk. Grows with what has come, not with what was
  /// announced.
  void carry(byte[] bytes, int from, int end, int max) {
    int needed = carried + end - from;
    if (needed > carry.length) {
      int size = Math.max(SMALLEST_CARRY, Math.max(needed, 2 * carry.length));
      carry = Arrays.copyOf(carry, Math.max(needed, Math.min(size, max)));
    }
    System.arraycopy(bytes, from, carry, carried, end - from);
    carried = needed;
  }
}
