package io.belfry.transport.stomp;

import org.jspecify.annotations.Nullable;

/// What was agreed upon about heart-beats, in milliseconds; 0: none.
///
/// @param toClient how often the client wants to hear something
/// @param fromClient how often the client promised to say something
record HeartBeat(long toClient, long fromClient) {
  private static final int MAX_DIGITS = 15;

  /// What comes of a client's header `heart-beat` and our own interval.
  ///
  /// @param header null where there was none
  static HeartBeat agreed(@Nullable String header, long ours) {
    if (header == null) {
      return new HeartBeat(0, 0);
    }
    int comma = header.indexOf(',');
    if (comma < 0) {
      throw malformed();
    }
    long can = millis(header.substring(0, comma).strip());
    long wants = millis(header.substring(comma + 1).strip());
    return new HeartBeat(
        wants == 0 ? 0 : Math.max(ours, wants), can == 0 ? 0 : Math.max(can, ours));
  }

  private static long millis(String text) {
    if (text.isEmpty()
        || text.length() > MAX_DIGITS
        || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw malformed();
    }
    return Long.parseLong(text);
  }

  private static StompException malformed() {
    return StompException.protocol(
        "heart-beat is two numbers of milliseconds, such as 10000,10000.");
  }
}
