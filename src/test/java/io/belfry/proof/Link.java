package io.belfry.proof;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// One connection of a client, with its subscriptions, by whatever door. One thread uses it. An
/// [IOException] says that it is broken.
interface Link extends AutoCloseable {
  /// After so long without a sign of life a client gives a connection up.
  long SILENCE_MILLIS = 6000;

  /// How much a socket of a client takes that the client does not.
  int BUFFER_BYTES = 1 << 16;

  /// The next message, or null where none came in time.
  @Nullable Received next(long millis) throws IOException, InterruptedException;

  /// Acknowledges a message, or all up to it.
  void acknowledge(Received message) throws IOException, InterruptedException;

  /// Whether an acknowledgement is for all up to it.
  boolean isCumulative();

  /// Whether an acknowledgement that has returned is kept.
  default boolean keepsAtOnce() {
    return false;
  }

  default boolean canRefuse() {
    return false;
  }

  /// Refuses a message.
  default void refuse(Received message) throws IOException, InterruptedException {
    throw new UnsupportedOperationException("this door takes no refusals");
  }

  /// Says goodbye, and answers whether all acknowledgements are kept now.
  boolean leave() throws IOException, InterruptedException;

  /// From here on the client is silent, does not read, and does not close either.
  void vanish();

  /// Ends it without a goodbye.
  @Override
  void close();
}
