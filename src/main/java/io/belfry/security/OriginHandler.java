package io.belfry.security;

import io.belfry.web.ProblemWriter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Turns away what a browser sends for a page of another origin, on every door of the server, and
/// gives the allowed origins what CORS (WHATWG Fetch) wants. The only place that knows CORS: it is
/// in front of the servlets and of the other core handlers.
final class OriginHandler extends Handler.Wrapper {
  private static final String MAX_AGE_SECONDS = "3600";
  private static final String METHODS = "GET, HEAD, POST, DELETE";
  private static final Set<String> REQUEST_HEADERS =
      Set.of(
          "accept",
          "authorization",
          "cache-control",
          "content-type",
          "idempotency-key",
          "last-event-id",
          "topic",
          "traceparent",
          "ttl",
          "urgency");
  private static final HttpField EXPOSED =
      new PreEncodedHttpField(
          HttpHeader.ACCESS_CONTROL_EXPOSE_HEADERS, "Location, Retry-After, TTL, WWW-Authenticate");
  private static final HttpField VARY_ORIGIN = new PreEncodedHttpField(HttpHeader.VARY, "Origin");
  private static final HttpField NO_STORE =
      new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");

  private final Origins origins;

  OriginHandler(Origins origins) {
    this.origins = origins;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    HttpFields.Mutable headers = response.getHeaders();
    if (BearerToken.isIn(request.getHttpURI().getQuery())) {
      headers.put(NO_STORE);
    }
    if (origins.isAnyForeignAllowed()) {
      headers.add(VARY_ORIGIN);
    }
    List<String> given = request.getHeaders().getValuesList(HttpHeader.ORIGIN);
    if (given.isEmpty() || isOwn(given, request)) {
      return super.handle(request, response, callback);
    }
    String origin = given.getFirst();
    if (given.size() > 1 || !origins.isAllowed(origin) || isForOwnPagesAlone(request)) {
      ProblemWriter.write(
          SecurityProblems.forbidden(
              isForOwnPagesAlone(request)
                  ? "Pages of other origins are not allowed to use this address."
                  : "Pages of this origin are not allowed here: belfry.allowed-origins names those"
                      + " that are."),
          response,
          callback);
      return true;
    }
    headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, origins.allowing(origin));
    headers.put(EXPOSED);
    if (isPreflight(request)) {
      answerPreflight(request, response, callback);
      return true;
    }
    return super.handle(request, response, callback);
  }

  private static boolean isOwn(List<String> given, Request request) {
    String authority = request.getHttpURI().getAuthority();
    return given.size() == 1 && authority != null && Origins.isOf(authority, given.getFirst());
  }

  // What gives tokens to anyone who asks, and what is for operators.
  private static boolean isForOwnPagesAlone(Request request) {
    String path = Request.getPathInContext(request);
    return path.startsWith("/demo/") || path.startsWith("/actuator");
  }

  private static boolean isPreflight(Request request) {
    return HttpMethod.OPTIONS.is(request.getMethod())
        && request.getHeaders().contains(HttpHeader.ACCESS_CONTROL_REQUEST_METHOD);
  }

  private static void answerPreflight(Request request, Response response, Callback callback) {
    HttpFields.Mutable headers = response.getHeaders();
    headers.add(HttpHeader.VARY, "Access-Control-Request-Method, Access-Control-Request-Headers");
    headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    Set<String> allowed = new TreeSet<>();
    for (String name :
        request.getHeaders().getCSV(HttpHeader.ACCESS_CONTROL_REQUEST_HEADERS, false)) {
      String lower = name.toLowerCase(Locale.ROOT);
      // CORS knows no wildcard for a prefix: of CloudEvents' own, those that are asked for.
      if (REQUEST_HEADERS.contains(lower) || lower.matches("ce-[a-z0-9]{1,64}")) {
        allowed.add(lower);
      }
    }
    if (!allowed.isEmpty()) {
      headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_HEADERS, String.join(", ", allowed));
    }
    headers.put(HttpHeader.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS);
    response.setStatus(204);
    callback.succeeded();
  }
}
