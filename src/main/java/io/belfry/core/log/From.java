package io.belfry.core.log;

/// Where a subscription asks to start.
public sealed interface From {
  /// At its cursor: what a subscription says that says nothing.
  record Cursor() implements From {}

  /// Before the earliest entry there is.
  record Earliest() implements From {}

  /// After the last entry there is.
  record Latest() implements From {}

  /// After `offset`; one beyond the last counts as the last.
  record After(long offset) implements From {}

  /// What a client wrote: `earliest`, `latest` or an offset.
  ///
  /// @throws InvalidInputException where it is none of them
  static From parse(String text) {
    if (text.equals("earliest")) {
      return new Earliest();
    }
    if (text.equals("latest")) {
      return new Latest();
    }
    long offset = Offsets.parse(text);
    if (offset >= 0) {
      return new After(offset);
    }
    throw new InvalidInputException("from", "from is 'earliest', 'latest' or an offset.");
  }
}
