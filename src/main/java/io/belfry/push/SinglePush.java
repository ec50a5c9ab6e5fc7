package io.belfry.push;

import io.belfry.core.log.Destination;
import io.belfry.security.Caller;
import io.belfry.web.ProblemWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// One request, one message: `POST` to a destination.
final class SinglePush {
  private static final HttpField JSON =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/json");

  private final Appender appender;
  private final long maxBody;
  private final Duration bodyPatience;
  private final String tooLong;

  /// @param maxBody of one message, in bytes
  /// @param bodyPatience how long a request's body may take to arrive
  SinglePush(Appender appender, long maxBody, Duration bodyPatience) {
    this.appender = appender;
    this.maxBody = maxBody;
    this.bodyPatience = bodyPatience;
    this.tooLong = tooLong(maxBody);
  }

  RequestBody body(Request request) {
    return new RequestBody(request, maxBody, bodyPatience, tooLong);
  }

  /// What is said of a message that is longer than `belfry.limits.body`.
  static String tooLong(long maxBody) {
    return "A body is at most " + maxBody + " bytes here (belfry.limits.body).";
  }

  /// Appends, and answers and ends `callback` once the store has. Does not block.
  ///
  /// @throws RuntimeException where nothing was appended, and nothing is answered
  void answer(Caller caller, byte[] body, Request request, Response response, Callback callback) {
    Destination destination = Destination.ofService(PushDoor.path(request));
    Appender.Begun begun =
        appender.begin(caller, destination, PushHeaders.of(request.getHeaders()), body);
    appender.whenAnswered(
        begun,
        answer -> write(answer, response, callback),
        problem -> ProblemWriter.write(problem, response, callback));
  }

  private static void write(PushAnswer answer, Response response, Callback callback) {
    response.setStatus(answer.status());
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(JSON);
    String location = answer.location();
    if (location != null) {
      headers.put(HttpHeader.LOCATION, location);
    }
    headers.put("TTL", Long.toString(answer.ttlSeconds()));
    StringBuilder json = new StringBuilder(160).append('{');
    answer.appendMembers(json);
    byte[] bytes = json.append('}').toString().getBytes(StandardCharsets.US_ASCII);
    headers.put(HttpHeader.CONTENT_LENGTH, bytes.length);
    response.write(true, ByteBuffer.wrap(bytes), callback);
  }
}
