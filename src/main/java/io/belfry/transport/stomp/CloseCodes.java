package io.belfry.transport.stomp;

import io.belfry.core.delivery.CloseReason;

/// The codes that `ERROR` and a WebSocket's close frame carry.
final class CloseCodes {
  private CloseCodes() {}

  static int of(CloseReason reason) {
    return switch (reason) {
      case GOING -> 1012;
      case NOT_CONNECTED -> 4400;
      case TOKEN_REFUSED, TOKEN_EXPIRED -> 4401;
      case OPERATOR, TAKEN_OVER -> 4403;
      case SILENT -> 4408;
      case LIMIT -> 4429;
      case PROTOCOL -> 1002;
      case CLIENT_WENT -> 1000;
    };
  }

  /// Whether the client is told by an `ERROR` too: not where nothing is wrong.
  static boolean hasError(CloseReason reason) {
    return switch (reason) {
      case GOING, CLIENT_WENT -> false;
      case NOT_CONNECTED,
          TOKEN_REFUSED,
          TOKEN_EXPIRED,
          OPERATOR,
          TAKEN_OVER,
          SILENT,
          LIMIT,
          PROTOCOL ->
          true;
    };
  }
}
