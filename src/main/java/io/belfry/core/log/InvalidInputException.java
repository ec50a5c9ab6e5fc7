package io.belfry.core.log;

/// Something that a client sent does not have the form it must have. The message is a plain
/// sentence that says what form that is, fit to be sent back.
public final class InvalidInputException extends BelfryException {
  private static final long serialVersionUID = 1L;

  private final String field;

  public InvalidInputException(String field, String message) {
    super(message, null);
    this.field = field;
  }

  /// The name of what is wrong, as the client wrote it: a header, a member, a part of a path.
  public String field() {
    return field;
  }
}
