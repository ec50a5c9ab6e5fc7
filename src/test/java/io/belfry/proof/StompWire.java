package io.belfry.proof;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What carries STOMP frames. What is not taken is not read from the socket, but for a few frames.
interface StompWire extends AutoCloseable {
  /// Sends a frame; its NUL is added.
  void send(String frame) throws IOException;

  /// Sends a heart-beat.
  void beat() throws IOException;

  /// The next frame without its NUL, or null where none came in time.
  @Nullable String next(long millis) throws IOException, InterruptedException;

  /// Reads no more.
  void vanish();

  @Override
  void close();
}
