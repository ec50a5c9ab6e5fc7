package io.belfry.web;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/// Reads and throws away what nobody has read of a request's body once it is answered. Many clients
/// look for an answer only after they have sent everything, and use the connection again without a
/// thought that it may have been closed; and one that is closed on unread bytes takes the answer
/// with it.
///
/// Where the body is too long for that, the answer says that the connection closes.
final class UnreadBody extends Handler.Wrapper {
  private static final long MAX = 16L * 1024 * 1024;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (request.getLength() <= 0 && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
      return super.handle(request, response, callback);
    }
    if (request.getLength() > MAX) {
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
    }
    return super.handle(request, response, new Rest(request, response, callback));
  }

  /// What is left of the body of `request`. Does not block.
  private static final class Rest extends Callback.Nested {
    private final Request request;
    private final Response response;
    private long seen;
    private long deadline;

    Rest(Request request, Response response, Callback callback) {
      super(callback);
      this.request = request;
      this.response = response;
    }

    @Override
    public void succeeded() {
      if (response.getStatus() == HttpStatus.REQUEST_TIMEOUT_408) {
        super.succeeded();
        return;
      }
      deadline = System.nanoTime() + PATIENCE_NANOS;
      if (response.hasLastWrite()) {
        read();
      } else {
        response.write(true, null, Callback.from(this::read, this::failed));
      }
    }

    private void read() {
      while (seen <= MAX) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          if (isHeldBack() || System.nanoTime() - deadline > 0) {
            break;
          }
          request.demand(Invocable.from(InvocationType.NON_BLOCKING, this::read));
          return;
        }
        seen += chunk.remaining();
        chunk.release();
        if (chunk.isLast() || Content.Chunk.isFailure(chunk)) {
          break;
        }
      }
      super.succeeded();
    }

    // Who waits to be asked for the body has not sent it.
    private boolean isHeldBack() {
      return request.getHeaders().contains(HttpHeader.EXPECT, HttpHeaderValue.CONTINUE.asString());
    }
  }
}
