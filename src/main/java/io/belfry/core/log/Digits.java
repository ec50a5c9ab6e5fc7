package io.belfry.core.log;

/// Numbers as clients write them: digits and nothing else.
public final class Digits {
  private static final int MAX_LENGTH = 18;

  private Digits() {}

  /// The number, [Long#MAX_VALUE] where it has more digits than any that means something, or -1
  /// where the text is none.
  public static long parse(String text) {
    return parse(text, 0, text.length());
  }

  /// The same of a part of the text.
  public static long parse(String text, int from, int to) {
    long number = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return to == from ? -1 : to - from > MAX_LENGTH ? Long.MAX_VALUE : number;
  }
}
