package io.belfry.bench;

import java.util.concurrent.ThreadLocalRandom;

/// What a message carries: when it was due, and its number in this run.
final class Stamp {
  /// The number of a message that does not count, as those of a warming up.
  static final long UNCOUNTED = -1;

  /// The number of one that counts and has none of its own.
  static final long UNNUMBERED = 0;

  private static final String TIME = "t=";

  // What an earlier run has left is not of this one.
  private static final String NUMBER =
      "r=" + Long.toHexString(ThreadLocalRandom.current().nextLong()) + " n=";

  private Stamp() {}

  /// @param number above 0, or one of the two above
  /// @param size in bytes
  static byte[] body(long due, long number, int size) {
    String text = "{\"m\":\"" + TIME + due + " " + NUMBER + number + " ";
    String body = text + "x".repeat(Math.max(0, size - text.length() - 2)) + "\"}";
    return body.getBytes(HttpPusher.ASCII);
  }

  /// Its number; [#UNCOUNTED] where another run has pushed it.
  static long number(String frame) {
    return value(frame, NUMBER, UNCOUNTED);
  }

  static long due(String frame) {
    return value(frame, TIME, 0);
  }

  private static long value(String frame, String name, long otherwise) {
    int at = frame.indexOf(name);
    if (at < 0) {
      return otherwise;
    }
    int from = at + name.length();
    return Long.parseLong(frame, from, frame.indexOf(' ', from), 10);
  }
}
