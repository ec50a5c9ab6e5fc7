package io.belfry.push;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Receipt;
import org.jspecify.annotations.Nullable;

/// What the sender of a push that was taken is told.
///
/// @param status 201 where it was appended, 200 where it had been before, 202 where it is for who
///   is connected now
/// @param destination where it went
/// @param receipt what the store says of it
record PushAnswer(int status, Destination destination, Receipt receipt) {
  /// The answer to what the store says.
  ///
  /// @throws RefusedException where the idempotency key was used for other bytes
  static PushAnswer of(Destination destination, Appended appended) {
    return switch (appended) {
      case Appended.Fresh(Receipt receipt) ->
          new PushAnswer(receipt.offset() == null ? 202 : 201, destination, receipt);
      case Appended.Repeated(Receipt receipt) -> new PushAnswer(200, destination, receipt);
      case Appended.Mismatched _ ->
          throw new RefusedException(
              422,
              "This Idempotency-Key was used for another body; a new message needs a new key.");
    };
  }

  /// The entry's own address, percent-encoded; null for a passing message, which has none.
  @Nullable String location() {
    Long offset = receipt.offset();
    return offset == null ? null : destination.encodedPath() + "/" + offset;
  }

  /// The seconds that it is kept.
  long ttlSeconds() {
    return receipt.ttl().toSeconds();
  }

  /// The members of the answer, without the braces. Nothing in them needs escaping: ids and names
  /// are of few characters.
  void appendMembers(StringBuilder json) {
    json.append("\"id\":\"").append(receipt.id());
    json.append("\",\"destination\":\"").append(destination.path());
    json.append("\",\"offset\":").append(receipt.offset());
    json.append(",\"online\":").append(receipt.online());
  }
}
