package io.belfry.push;

import io.belfry.security.BearerToken;
import io.belfry.security.Caller;
import io.belfry.security.KeysUnavailableException;
import io.belfry.security.SecurityProblems;
import io.belfry.security.TokenRefusedException;
import io.belfry.security.Tokens;
import io.belfry.web.OwnThread;
import io.belfry.web.Problem;
import io.belfry.web.ProblemWriter;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.URIUtil;

/// Where services push: in front of the servlets, since the way through them costs more than the
/// rest of a push (docs/adr/0003). Takes `POST` to a destination and to `/messages`, and says of
/// other methods there which are possible; all else passes.
///
/// A small message that came whole, with a token that is known, is appended on the thread that read
/// it, and answered by the store's. All else has a virtual thread of its own, which waits for the
/// body and for keys as it would anywhere.
final class PushDoor extends Handler.Wrapper {
  private static final String ALLOWED_AT_DESTINATION = "GET, HEAD, POST, OPTIONS";
  private static final String ALLOWED_AT_MESSAGES = "POST, OPTIONS";
  private static final String MESSAGES = "/messages";
  private static final Set<String> WORDS = Set.of("user", "queue", "topic", "messages", "ack");
  private static final int MAX_AT_ONCE = 16 * 1024;

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

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String path = path(request);
    boolean isBatch = path.equals(MESSAGES);
    if (!isBatch && !isDestination(path)) {
      return super.handle(request, response, callback);
    }
    switch (request.getMethod()) {
      case "POST" -> post(isBatch, request, response, callback);
      case "OPTIONS" -> {
        response.getHeaders().put(HttpHeader.ALLOW, allowed(isBatch));
        response.setStatus(204);
        callback.succeeded();
      }
      case "GET", "HEAD" -> {
        if (!isBatch) {
          return super.handle(request, response, callback);
        }
        notAllowed(isBatch, response, callback);
      }
      default -> notAllowed(isBatch, response, callback);
    }
    return true;
  }

  /// The raw path, but for the words of ours in it: these are the same percent-encoded.
  static String path(Request request) {
    String path = request.getHttpURI().getPath();
    if (path.indexOf('%') < 0) {
      return path;
    }
    String[] segments = path.split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      segments[i] = isWord(segments[i]) ? URIUtil.decodePath(segments[i]) : segments[i];
    }
    return String.join("/", segments);
  }

  private static boolean isWord(String segment) {
    try {
      return WORDS.contains(URIUtil.decodePath(segment));
    } catch (RuntimeException malformed) {
      return false;
    }
  }

  /// Whether a raw path has the form of a destination as a service spells it. What begins with
  /// `/user/queue/` is the caller's own: `queue` is no user.
  static boolean isDestination(String path) {
    if (path.startsWith("/topic/")) {
      return path.indexOf('/', 7) < 0;
    }
    if (!path.startsWith("/user/") || isOwn(path)) {
      return false;
    }
    int user = path.indexOf('/', 6);
    return user > 0 && path.startsWith("/queue/", user) && path.indexOf('/', user + 7) < 0;
  }

  private static boolean isOwn(String path) {
    return path.startsWith("/user/queue/")
        && (!path.startsWith("/user/queue/queue/") || path.endsWith("/ack"));
  }

  private void post(boolean isBatch, Request request, Response response, Callback callback) {
    RequestBody body = isBatch ? batch.body(request) : single.body(request);
    try {
      Caller known =
          isBatch || !isSmall(request) ? null : BearerToken.known(tokens, authorization(request));
      if (known != null && known.mayPush() && body.poll()) {
        single.answer(known, body.bytes(), request, response, callback);
      } else {
        OwnThread.start(
            request,
            response,
            callback,
            (_, _, _) -> push(isBatch, body, request, response, callback));
      }
    } catch (RequestBody.BrokenException | RuntimeException failure) {
      fail(failure, response, callback);
    }
  }

  // Large bodies take long to look at: too long for a thread that others wait for.
  private static boolean isSmall(Request request) {
    return request.getLength() >= 0 && request.getLength() <= MAX_AT_ONCE;
  }

  private boolean push(
      boolean isBatch, RequestBody body, Request request, Response response, Callback callback)
      throws InterruptedException {
    try {
      Caller caller = caller(request);
      if (isBatch) {
        batch.answer(caller, body, request, response, callback);
      } else {
        single.answer(caller, body.await(), request, response, callback);
      }
    } catch (RequestBody.BrokenException | RuntimeException failure) {
      fail(failure, response, callback);
    }
    return true;
  }

  private void fail(Exception failure, Response response, Callback callback) {
    if (failure instanceof RequestBody.BrokenException) {
      callback.failed(failure.getCause());
      return;
    }
    Problem problem =
        failure instanceof TokenRefusedException || failure instanceof KeysUnavailableException
            ? SecurityProblems.of((RuntimeException) failure)
            : Appender.problem(failure);
    appender.refused(problem);
    ProblemWriter.write(problem, response, callback);
  }

  private Caller caller(Request request) {
    Caller caller = BearerToken.caller(tokens, authorization(request), null);
    if (caller == null) {
      throw new RefusedException(SecurityProblems.noToken());
    }
    if (!caller.mayPush()) {
      throw new RefusedException(SecurityProblems.lacks(Caller.PUSH));
    }
    return caller;
  }

  private static List<String> authorization(Request request) {
    return request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION);
  }

  private static void notAllowed(boolean isBatch, Response response, Callback callback) {
    ProblemWriter.write(Problem.of(405).with("Allow", allowed(isBatch)), response, callback);
  }

  private static String allowed(boolean isBatch) {
    return isBatch ? ALLOWED_AT_MESSAGES : ALLOWED_AT_DESTINATION;
  }
}
