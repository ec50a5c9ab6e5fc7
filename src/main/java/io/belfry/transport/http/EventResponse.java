package io.belfry.transport.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Jetty's response as a stream of events needs it: one that may stand for hours.
final class EventResponse {
  private static final HttpField TYPE =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/event-stream");
  private static final HttpField NO_STORE =
      new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");
  // nginx, and who learned from it, would gather events otherwise.
  private static final HttpField UNBUFFERED = new HttpField("X-Accel-Buffering", "no");
  private static final HttpField NO_SNIFF = new HttpField("X-Content-Type-Options", "nosniff");

  private final Response response;
  private final Callback callback;

  // Null over HTTP/2, where the connection is not this response's alone.
  private final @Nullable EndPoint own;
  private volatile @Nullable ClientWatch watch;

  EventResponse(Request request, Response response, Callback callback) {
    this.response = response;
    this.callback = callback;
    this.own = ClientWatch.own(request);
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(TYPE);
    headers.put(NO_STORE);
    headers.put(UNBUFFERED);
    headers.put(NO_SNIFF);
  }

  /// From now on silence is no reason to end it: the stream has a clock of its own.
  ///
  /// @param onFailure called once the client is known to be gone
  void stand(Request request, Consumer<Throwable> onFailure) {
    request.addIdleTimeoutListener(_ -> false);
    watch = ClientWatch.begin(request, () -> onFailure.accept(new EofException("It is gone.")));
  }

  /// One at a time. Does not block.
  void write(boolean isLast, ByteBuffer bytes, Callback done) {
    response.write(isLast, bytes, done);
  }

  /// Ends it whatever waits to be written: what is under way fails.
  void cut() {
    IOException cut = new IOException("The client took nothing for too long.");
    if (own != null) {
      own.close(cut);
    } else {
      callback.failed(cut);
    }
  }

  /// Tells Jetty that it is over.
  void end(@Nullable Throwable failure) {
    ClientWatch known = watch;
    if (known != null && !known.end() && own != null) {
      own.close();
    }
    if (failure == null) {
      callback.succeeded();
    } else {
      callback.failed(failure);
    }
  }
}
