package io.belfry.transport.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
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

  // Jetty chunks over HTTP/1.1 whether the connection is to go on afterwards or not.
  private static final HttpField CHUNKED =
      new PreEncodedHttpField(HttpHeader.TRANSFER_ENCODING, "chunked");
  private static final byte[] CRLF = {'\r', '\n'};

  private final Response response;
  private final Callback callback;

  // Null over HTTP/2, where the connection is not this response's alone.
  private final @Nullable EndPoint own;
  private volatile @Nullable ClientWatch watch;

  // Null where the body has no chunks.
  private final @Nullable EndPoint chunked;

  // The writer's alone: there is one at a time.
  private boolean hasHead;

  EventResponse(Request request, Response response, Callback callback) {
    this.response = response;
    this.callback = callback;
    this.own = ClientWatch.own(request);
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(TYPE);
    headers.put(NO_STORE);
    headers.put(UNBUFFERED);
    headers.put(NO_SNIFF);
    this.chunked =
        request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1 ? own : null;
  }

  /// From now on silence is no reason to end it: the stream has a clock of its own.
  ///
  /// @param onFailure called once the client is known to be gone
  void stand(Request request, Consumer<Throwable> onFailure) {
    request.addIdleTimeoutListener(_ -> false);
    watch = ClientWatch.begin(request, () -> onFailure.accept(new EofException("It is gone.")));
  }

  /// One at a time. Does not block.
  ///
  /// Jetty ends a chunk at the beginning of the next one, and there are clients that give a chunk
  /// to their reader only once it has ended (Python's urllib3, and so requests): each event would
  /// come to them with the one after it. So chunks go to the socket from here, whole; Jetty writes
  /// what comes before and after them.
  void write(boolean isLast, ByteBuffer bytes, Callback done) {
    EndPoint socket = chunked;
    if (socket == null) {
      response.write(isLast, bytes, done);
    } else if (hasHead) {
      writeChunk(socket, bytes, done);
    } else {
      hasHead = true;
      response.getHeaders().put(CHUNKED);
      response.write(
          false,
          BufferUtil.EMPTY_BUFFER,
          Callback.from(
              Invocable.InvocationType.NON_BLOCKING,
              () -> writeChunk(socket, bytes, done),
              done::failed));
    }
  }

  // Never nothing: that would be the last chunk, which is Jetty's.
  private static void writeChunk(EndPoint socket, ByteBuffer bytes, Callback done) {
    byte[] size = (Integer.toHexString(bytes.remaining()) + "\r\n").getBytes(US_ASCII);
    socket.write(done, ByteBuffer.wrap(size), bytes, ByteBuffer.wrap(CRLF));
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
