package io.belfry.transport.stomp;

import io.belfry.core.delivery.CloseReason;
import org.jspecify.annotations.Nullable;

/// What an `ERROR` says before the connection closes.
///
/// @param reason why it closes
/// @param sentence the header `message`
/// @param status what the same would be answered over HTTP, 0 where nothing would
/// @param receiptId of the frame that it is about, where that asked for a receipt
record Failure(CloseReason reason, String sentence, int status, @Nullable String receiptId) {
  Failure(CloseReason reason) {
    this(reason, reason.sentence(), 0, null);
  }

  /// The same about the frame with this receipt.
  Failure about(@Nullable String receipt) {
    return receiptId != null || receipt == null
        ? this
        : new Failure(reason, sentence, status, receipt);
  }
}
