package io.belfry.push;

import io.belfry.web.Problem;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;

/// The body of a request, read as a whole: never more of it than is allowed, and not for longer
/// than is patient.
final class RequestBody {
  private static final byte[] EMPTY = {};

  private final Request request;
  private final long max;
  private final Duration patience;
  private final String tooLong;
  private byte[] bytes = EMPTY;
  private int length;
  private boolean whole;

  /// @param max bytes of it
  /// @param patience how long it may take to arrive
  /// @param tooLong a sentence for who sends more
  RequestBody(Request request, long max, Duration patience, String tooLong) {
    this.request = request;
    this.max = max;
    this.patience = patience;
    this.tooLong = tooLong;
  }

  /// The body did not come whole: its framing is broken, or its sender went.
  static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenException(Throwable cause) {
      super(cause);
    }
  }

  /// Reads what has come. Does not block.
  ///
  /// @return whether that was all of it
  /// @throws RefusedException where it is longer than it may be, known before it is read where its
  ///   length was declared
  boolean poll() throws BrokenException {
    if (request.getLength() > max) {
      throw tooLong();
    }
    while (!whole) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        return false;
      }
      if (Content.Chunk.isFailure(chunk)) {
        throw new BrokenException(chunk.getFailure());
      }
      try {
        take(chunk.getByteBuffer());
      } finally {
        chunk.release();
      }
      whole = chunk.isLast();
    }
    return true;
  }

  /// All of it, where all of it has come.
  byte[] bytes() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  /// Waits for all of it. Blocks.
  ///
  /// @throws RefusedException as [#poll] does, or where it takes longer than is patient
  byte[] await() throws InterruptedException, BrokenException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!poll()) {
      if (!awaitMore(request, deadline)) {
        throw tooSlow();
      }
    }
    return bytes();
  }

  // Grows with what has come, not with what was declared: a declaration costs its sender nothing.
  private void take(ByteBuffer chunk) {
    int more = chunk.remaining();
    if (length + (long) more > max) {
      throw tooLong();
    }
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, length == 0 ? more : Math.max(length + more, 2 * length));
    }
    chunk.get(bytes, length, more);
    length += more;
  }

  private static boolean awaitMore(Request request, long deadline) throws InterruptedException {
    CompletableFuture<Void> ready = new CompletableFuture<>();
    request.demand(
        Invocable.from(Invocable.InvocationType.NON_BLOCKING, () -> ready.complete(null)));
    try {
      ready.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException late) {
      return false;
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private RefusedException tooLong() {
    return new RefusedException(413, tooLong);
  }

  private RefusedException tooSlow() {
    return new RefusedException(
        Problem.of(408, "The body took longer than " + patience.toSeconds() + " s to arrive.")
            .with("Connection", "close"));
  }
}
