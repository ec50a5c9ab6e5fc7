package io.belfry.bench;

/// What a message carries: when it was due and whether it counts.
final class Stamp {
  private static final String TIME = "t=";
  private static final String COUNTS = "c=";

  private Stamp() {}

  /// @param size in bytes
  static byte[] body(long due, boolean counts, int size) {
    String text = "{\"m\":\"" + TIME + due + " " + COUNTS + (counts ? 1 : 0) + " ";
    String body = text + "x".repeat(Math.max(0, size - text.length() - 2)) + "\"}";
    return body.getBytes(HttpPusher.ASCII);
  }

  static boolean counts(String frame) {
    return frame.charAt(frame.indexOf(COUNTS) + COUNTS.length()) == '1';
  }

  static long due(String frame) {
    int from = frame.indexOf(TIME) + TIME.length();
    return Long.parseLong(frame.substring(from, frame.indexOf(' ', from)));
  }
}
