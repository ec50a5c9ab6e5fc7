package io.belfry.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Writes a problem as the answer, to a servlet's response or to that of a Jetty core handler. What
/// headers the response has already, it keeps.
public final class ProblemWriter {
  private static final HttpField CONTENT_TYPE =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
  private static final HttpField NO_STORE =
      new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");

  private ProblemWriter() {}

  /// Ends the response, unless a part of it was sent before.
  public static void write(Problem problem, HttpServletResponse response) throws IOException {
    if (response.isCommitted()) {
      return;
    }
    response.resetBuffer();
    response.setStatus(problem.status());
    problem.headers().forEach(response::setHeader);
    response.setHeader("Cache-Control", "no-store");
    response.setContentType(Problem.MEDIA_TYPE);
    byte[] json = problem.json();
    response.setContentLength(json.length);
    response.getOutputStream().write(json);
  }

  /// Ends the response and then `callback`, unless a part of it was sent before. Does not block.
  public static void write(Problem problem, Response response, Callback callback) {
    if (response.isCommitted()) {
      callback.succeeded();
      return;
    }
    response.setStatus(problem.status());
    problem.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    response.getHeaders().put(NO_STORE);
    response.getHeaders().put(CONTENT_TYPE);
    byte[] json = problem.json();
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, json.length);
    response.write(true, ByteBuffer.wrap(json), callback);
  }
}
