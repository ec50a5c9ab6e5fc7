package io.belfry.web;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Where a request gets a virtual thread of its own. In front of this, handlers run on the thread
/// that reads from the sockets, one request after the other: they must not block. What is behind it
/// may.
public final class OwnThread extends Handler.Wrapper {
  /// What handles a request; as [Handler#handle], but it may block.
  @FunctionalInterface
  public interface Work {
    boolean handle(Request request, Response response, Callback callback) throws Exception;
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    start(request, response, callback, super::handle);
    return true;
  }

  /// Has `work` done on a thread of its own, and answers for it where it cannot. Does not block.
  public static void start(Request request, Response response, Callback callback, Work work) {
    request
        .getComponents()
        .getExecutor()
        .execute(() -> {
          try {
            if (!work.handle(request, response, callback)) {
              Response.writeError(request, response, callback, 404);
            }
          } catch (Exception failure) {
            Response.writeError(request, response, callback, failure);
          }
        });
  }
}
