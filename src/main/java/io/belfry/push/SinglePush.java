package io.belfry.push;

import io.belfry.core.log.Destination;
import io.belfry.security.Caller;
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

  /// @param maxBody of one message, in bytes
  /// @param bodyPatience how long a request's body may take to arrive
  SinglePush(Appender appender, long maxBody, Duration bodyPatience) {
    this.appender = appender;
    this.maxBody = maxBody;
    this.bodyPatience = bodyPatience;
  }

  /// Reads, appends, waits for the store, answers, and ends `callback`. Blocks.
  void answer(Caller caller, Request request, Response response, Callback callback)
      throws InterruptedException, RequestBody.BrokenException {
    Destination destination = Destination.ofService(request.getHttpURI().getPath());
    var headers = PushHeaders.of(request.getHeaders());
    byte[] body = RequestBody.read(request, maxBody, bodyPatience);
    write(appender.await(appender.begin(caller, destination, headers, body)), response, callback);
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
