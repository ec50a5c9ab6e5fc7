package io.belfry.transport.stomp;

import org.jspecify.annotations.Nullable;

/// What a client can send.
enum ClientCommand {
  ACK,
  NACK,
  SEND,
  SUBSCRIBE,
  UNSUBSCRIBE,
  BEGIN,
  COMMIT,
  ABORT,
  CONNECT,
  STOMP,
  DISCONNECT;

  /// The longest line that can be a command; anything longer is none.
  static final int MAX_LENGTH = 16;

  private static final ClientCommand[] ALL = values();

  /// Whether its frame may have a body.
  boolean hasBody() {
    return this == SEND;
  }

  /// Whether it begins a session; its headers have no escapes in any version.
  boolean connects() {
    return this == CONNECT || this == STOMP;
  }

  /// The command that this line is, or null.
  static @Nullable ClientCommand of(byte[] bytes, int from, int to) {
    for (ClientCommand command : ALL) {
      if (command.isWritten(bytes, from, to)) {
        return command;
      }
    }
    return null;
  }

  private boolean isWritten(byte[] bytes, int from, int to) {
    String name = name();
    boolean same = name.length() == to - from;
    for (int i = 0; same && i < name.length(); i++) {
      same = name.charAt(i) == bytes[from + i];
    }
    return same;
  }
}
