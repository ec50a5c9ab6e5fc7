package io.belfry.transport.http;

import io.belfry.core.log.Digits;
import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.Offsets;
import org.jspecify.annotations.Nullable;

/// How much of a log a request asks for.
///
/// @param after the offset after which to read; null where the request does not say
/// @param limit how many entries at most
public record ReadRange(@Nullable Long after, int limit) {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1000;

  /// What the parameters `after` and `limit` say; an empty one says nothing, and who asks for more
  /// than there is to have gets that.
  ///
  /// @throws InvalidInputException where one is no number, or a limit is 0
  public static ReadRange of(@Nullable String after, @Nullable String limit) {
    int most = DEFAULT_LIMIT;
    if (limit != null && !limit.isEmpty()) {
      most = (int) Math.min(MAX_LIMIT, Digits.parse(limit));
      if (most < 1) {
        throw new InvalidInputException("limit", "limit is a number from 1 to " + MAX_LIMIT + ".");
      }
    }
    return new ReadRange(after == null || after.isEmpty() ? null : offset("after", after), most);
  }

  /// The same, where an offset beyond the last counts as the last.
  ReadRange upTo(long last) {
    return after == null || after <= last ? this : new ReadRange(last, limit);
  }

  /// The offset that a parameter or header of this name says.
  ///
  /// @throws InvalidInputException where it is none
  static long offset(String name, String text) {
    long offset = Offsets.parse(text);
    if (offset < 0) {
      throw new InvalidInputException(name, name + " is an offset: a whole number, 0 or more.");
    }
    return offset;
  }
}
