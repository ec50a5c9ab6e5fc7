package io.belfry.transport.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/// Notices at once that the client of a request is gone, while that is not yet answered. Over
/// HTTP/1.1 it shows on the socket alone, where Jetty does not read before the answer is over; what
/// is read here is thrown away. Silence meanwhile is no reason to end the connection.
final class ClientWatch {
  private static final int MAX_THROWN_AWAY = 256;

  // Null over HTTP/2, where the connection is not this request's alone.
  private final @Nullable EndPoint own;
  private final Runnable gone;
  private final long idleTimeout;

  // Guarded by this monitor.
  private boolean hasRead;
  private boolean isOver;

  private ClientWatch(@Nullable EndPoint own, Runnable gone) {
    this.own = own;
    this.gone = gone;
    this.idleTimeout = own == null ? 0 : own.getIdleTimeout();
  }

  /// Begins to watch. The request's body has been read.
  ///
  /// @param gone called, at most twice and maybe after the end, on a thread that may block
  static ClientWatch begin(Request request, Runnable gone) {
    ClientWatch watch = new ClientWatch(own(request), gone);
    EndPoint socket = watch.own;
    if (socket != null) {
      socket.setIdleTimeout(0);
      watch.watch(socket);
    }
    request.addFailureListener(_ -> gone.run());
    return watch;
  }

  /// The socket of this request, or null where that is not its alone.
  static @Nullable EndPoint own(Request request) {
    HttpVersion version = request.getConnectionMetaData().getHttpVersion();
    return version.getVersion() >= HttpVersion.HTTP_2.getVersion()
        ? null
        : request.getConnectionMetaData().getConnection().getEndPoint();
  }

  /// Ends it. Idempotent.
  ///
  /// @return whether the connection can take another request; where not, a part of one is lost
  synchronized boolean end() {
    if (!isOver && own != null) {
      own.setIdleTimeout(idleTimeout);
      if (own instanceof AbstractEndPoint known) {
        // Jetty wants to be the one who waits for the next request.
        known.getFillInterest().onFail(new CancellationException());
      }
    }
    isOver = true;
    return !hasRead;
  }

  private void watch(EndPoint socket) {
    Runnable look = () -> look(socket);
    socket.tryFillInterested(
        Callback.from(Invocable.InvocationType.NON_BLOCKING, look, failure -> {}));
  }

  private synchronized void look(EndPoint socket) {
    if (isOver) {
      return;
    }
    try {
      ByteBuffer thrownAway = BufferUtil.allocate(MAX_THROWN_AWAY);
      int read = socket.fill(thrownAway);
      hasRead |= read > 0;
      if (read >= 0) {
        watch(socket);
        return;
      }
    } catch (IOException closed) {
      // As if it had said so.
    }
    Thread.ofVirtual().name("belfry-gone").start(gone);
  }
}
