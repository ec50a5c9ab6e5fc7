package io.belfry.transport;

import io.belfry.core.delivery.CloseReason;

/// The codes that a WebSocket's close frame and STOMP's `ERROR` carry.
public final class CloseCodes {
  private CloseCodes() {}

  /// The code of a WebSocket's close frame (RFC 6455).
  public static int of(CloseReason reason) {
    return switch (reason) {
      case GOING -> 1012;
      case NOT_CONNECTED -> 4400;
      case TOKEN_REFUSED, TOKEN_EXPIRED -> 4401;
      case OPERATOR, TAKEN_OVER -> 4403;
      case SILENT -> 4408;
      case LIMIT -> 4429;
      case PROTOCOL, DEFECT -> 1002;
      case CLIENT_WENT -> 1000;
    };
  }

  /// Whether something is wrong, which STOMP says by an `ERROR` too.
  public static boolean hasError(CloseReason reason) {
    return switch (reason) {
      case GOING, CLIENT_WENT -> false;
      case NOT_CONNECTED,
          TOKEN_REFUSED,
          TOKEN_EXPIRED,
          OPERATOR,
          TAKEN_OVER,
          SILENT,
          LIMIT,
          PROTOCOL,
          DEFECT ->
          true;
    };
  }
}
