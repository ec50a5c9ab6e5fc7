package io.belfry.core.log;

/// What a client sent has the right form and is nothing that anyone may do. The message is a plain
/// sentence that says why, fit to be sent back.
public final class NotAllowedException extends BelfryException {
  private static final long serialVersionUID = 1L;

  public NotAllowedException(String message) {
    super(message, null);
  }
}
