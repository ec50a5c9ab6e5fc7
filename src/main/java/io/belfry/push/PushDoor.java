package io.belfry.push;

import io.belfry.security.BearerToken;
import io.belfry.security.Caller;
import io.belfry.security.KeysUnavailableException;
import io.belfry.security.SecurityProblems;
import io.belfry.security.TokenRefusedException;
import io.belfry.security.Tokens;
import io.belfry.web.Problem;
import io.belfry.web.ProblemWriter;
import java.util.concurrent.ExecutionException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Where services push: in front of the servlets, since the way through them costs more than the
/// rest of a push (docs/adr/0003). Takes `POST` to a destination and to `/messages`, and says of
/// other methods there which are possible; all else passes.
///
/// A request is one virtual thread's from its first byte to its answer: it waits for the body and
/// for the store as it would anywhere.
final class PushDoor extends Handler.Wrapper {
  private static final String ALLOWED_AT_DESTINATION = "GET, HEAD, POST, OPTIONS";
  private static final String ALLOWED_AT_MESSAGES = "POST, OPTIONS";
  private static final String MESSAGES = "/messages";

  private final Tokens tokens;
  private final SinglePush single;
  private final BatchPush batch;
  private final Appender appender;

  PushDoor(Tokens tokens, SinglePush single, BatchPush batch, Appender appender) {
    this.tokens = tokens;
    this.single = single;
    this.batch = batch;
    this.appender = appender;
  }

  /// How a request is answered once it is known who sends it. Ends the response's callback, or
  /// throws before it has answered anything.
  private interface Work {
    void answer(Caller caller) throws InterruptedException, RequestBody.BrokenException;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String path = request.getHttpURI().getPath();
    boolean isBatch = path.equals(MESSAGES);
    if (!isBatch && !isDestination(path)) {
      return super.handle(request, response, callback);
    }
    switch (request.getMethod()) {
      case "POST" ->
          push(
              request,
              response,
              callback,
              isBatch
                  ? caller -> batch.answer(caller, request, response, callback)
                  : caller -> single.answer(caller, request, response, callback));
      case "OPTIONS" -> {
        response.getHeaders().put(HttpHeader.ALLOW, allowed(isBatch));
        response.setStatus(204);
        callback.succeeded();
      }
      case "GET", "HEAD" -> {
        if (!isBatch) {
          return super.handle(request, response, callback);
        }
        notAllowed(request, response, callback, isBatch);
      }
      default -> notAllowed(request, response, callback, isBatch);
    }
    return true;
  }

  /// Whether a raw path has the form of a destination as a service spells it. What begins with
  /// `/user/queue/` is the caller's own: `queue` is no user.
  static boolean isDestination(String path) {
    if (path.startsWith("/topic/")) {
      return path.indexOf('/', 7) < 0;
    }
    if (!path.startsWith("/user/") || path.startsWith("/user/queue/")) {
      return false;
    }
    int user = path.indexOf('/', 6);
    return user > 0 && path.startsWith("/queue/", user) && path.indexOf('/', user + 7) < 0;
  }

  private void push(Request request, Response response, Callback callback, Work work)
      throws InterruptedException {
    Problem problem;
    try {
      work.answer(caller(request));
      return;
    } catch (RequestBody.BrokenException broken) {
      callback.failed(broken.getCause());
      return;
    } catch (TokenRefusedException | KeysUnavailableException refused) {
      problem = SecurityProblems.of(refused);
    } catch (RuntimeException failure) {
      problem = Appender.problem(failure);
    }
    appender.refused(problem);
    refuse(problem, request, response, callback);
  }

  private Caller caller(Request request) {
    Caller caller =
        BearerToken.caller(
            tokens, request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION), null);
    if (caller == null) {
      throw new RefusedException(SecurityProblems.noToken());
    }
    if (!caller.mayPush()) {
      throw new RefusedException(SecurityProblems.lacks(Caller.PUSH));
    }
    return caller;
  }

  private static void notAllowed(
      Request request, Response response, Callback callback, boolean isBatch)
      throws InterruptedException {
    Problem problem = Problem.of(405).with("Allow", allowed(isBatch));
    refuse(problem, request, response, callback);
  }

  private static String allowed(boolean isBatch) {
    return isBatch ? ALLOWED_AT_MESSAGES : ALLOWED_AT_DESTINATION;
  }

  // The answer goes out at once. What is left of the body is read all the same: many clients look
  // for
  // an answer only after they have sent everything, and a connection that is closed on unread bytes
  // takes the answer with it.
  private static void refuse(Problem problem, Request request, Response response, Callback callback)
      throws InterruptedException {
    if (request.getLength() > RequestBody.MAX_DISCARD) {
      problem = problem.with("Connection", "close");
    }
    Callback.Completable written = new Callback.Completable();
    ProblemWriter.write(problem, response, written);
    try {
      written.get();
      if (!problem.headers().containsKey("Connection") || request.getLength() > 0) {
        RequestBody.discard(request);
      }
      callback.succeeded();
    } catch (ExecutionException gone) {
      callback.failed(gone.getCause());
    }
  }
}
