package io.belfry.core.delivery;

/// Why this node ends a connection. Each transport has one table that turns these into its codes.
public enum CloseReason {
  /// This node is going; the client should come back at once, anywhere.
  GOING("going", "This node is going; come back, to any node."),
  /// No `CONNECT` came in time.
  NOT_CONNECTED("not-connected", "No CONNECT came within 10 seconds."),
  /// The token was refused; the client should not come back with the same one.
  TOKEN_REFUSED("token-refused", "The token was refused."),
  /// The token expired and no fresh one came in time.
  TOKEN_EXPIRED("token-expired", "The token expired and no fresh one came in time."),
  /// An operator disconnected the user; the client should not come back by itself.
  OPERATOR("operator", "An operator disconnected this user."),
  /// The client was silent for three heart-beats.
  SILENT("silent", "Nothing came for three heart-beats."),
  /// A limit was reached.
  LIMIT("limit", "A limit was reached."),
  /// Another connection of the same client took over.
  TAKEN_OVER("taken-over", "A newer connection of the same client took over."),
  /// The client broke the protocol.
  PROTOCOL("protocol", "The client broke the protocol."),
  /// Something that must not happen has happened in this node; the client should come back.
  DEFECT("defect", "Something went wrong on this node; come back."),
  /// The client went by itself, with or without saying so.
  CLIENT_WENT("client-went", "The client went.");

  private final String label;
  private final String sentence;

  CloseReason(String label, String sentence) {
    this.label = label;
    this.sentence = sentence;
  }

  /// A short word for metrics and error codes.
  public String label() {
    return label;
  }

  /// One plain sentence for the client.
  public String sentence() {
    return sentence;
  }
}
