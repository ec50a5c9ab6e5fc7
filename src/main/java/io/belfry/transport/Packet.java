package io.belfry.transport;

/// What is written to a client in one piece.
public sealed interface Packet {
  /// One message on a WebSocket, so many bytes on a plain connection.
  ///
  /// @param bytes nobody changes them
  /// @param text whether they are UTF-8, for those that have to say so
  record Data(byte[] bytes, boolean text) implements Packet {}

  /// The good-bye: nothing is written after it.
  ///
  /// @param code as WebSocket has it (RFC 6455)
  /// @param sentence for who looks at the client's log
  record GoodBye(int code, String sentence) implements Packet {}
}
