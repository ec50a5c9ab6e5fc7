package io.belfry.proof;

/// A message as a client has it.
///
/// @param destination as a service names it
/// @param message its id, with which its body begins
/// @param handle by which its connection acknowledges it
record Received(
    String destination, long offset, String message, boolean redelivered, long gap, String handle) {

  /// The id that a body begins with.
  static String id(String body) {
    int end = body.indexOf(' ');
    return end < 0 ? body : body.substring(0, end);
  }

  static long number(String text) {
    return text.isEmpty() ? Event.NONE : Long.parseLong(text);
  }
}
