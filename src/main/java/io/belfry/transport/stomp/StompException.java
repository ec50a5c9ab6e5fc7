package io.belfry.transport.stomp;

import io.belfry.core.delivery.CloseReason;

/// A client's frame cannot be taken: it gets an `ERROR` and the connection closes.
final class StompException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  StompException(Failure failure) {
    // No stack trace: it is the client that is wrong, and it could be wrong often.
    super(failure.sentence(), null, false, false);
    this.failure = failure;
  }

  static StompException protocol(String sentence) {
    return new StompException(new Failure(CloseReason.PROTOCOL, sentence, 400, null));
  }

  static StompException of(CloseReason reason, String sentence, int status) {
    return new StompException(new Failure(reason, sentence, status, null));
  }

  Failure failure() {
    return failure;
  }
}
