package io.belfry.transport.http;

import io.belfry.core.delivery.AckMode;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Destination;
import io.belfry.core.log.From;
import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.Names;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/// What a request for server-sent events asks for.
///
/// @param key whose cursor in which log
/// @param from where to start
record EventRequest(CursorKey key, From from, AckMode ackMode) {
  private static final String LAST_EVENT_ID = "Last-Event-ID";

  /// Whether this request is one: for a log of the caller's, and for events rather than JSON.
  static boolean isOne(Request request) {
    return HttpMethod.GET.is(request.getMethod())
        && isReadable(path(request))
        && wantsEvents(request.getHeaders().getQualityCSV(HttpHeader.ACCEPT));
  }

  /// @throws InvalidInputException where something in it is malformed
  static EventRequest of(Request request, String user) {
    Destination destination = Destination.ofSubscriber(path(request), user);
    Fields query = query(request);
    String device = value(query, "device");
    return new EventRequest(
        new CursorKey(
            destination,
            user,
            device == null || device.isEmpty() ? CursorKey.SHARED : Names.device(device)),
        from(request.getHeaders().get(LAST_EVENT_ID), value(query, "after")),
        ackMode(value(query, "ack")));
  }

  // A decoded path is without what follows a semicolon in a segment. No name has one: who asks like
  // that asks for no log, and is told so further on.
  private static String path(Request request) {
    HttpURI address = request.getHttpURI();
    String path = address.getDecodedPath();
    return path == null || address.getPath().indexOf(';') >= 0 ? "" : path;
  }

  private static boolean isReadable(String path) {
    int name =
        path.startsWith("/topic/") ? 7 : path.startsWith("/user/queue/") ? 12 : path.length();
    return name < path.length() && path.indexOf('/', name) < 0;
  }

  // They come by quality; who takes both as well gets what plain reads are.
  private static boolean wantsEvents(List<String> accepted) {
    for (String type : accepted) {
      String plain = MimeTypes.getContentTypeWithoutCharset(type).strip().toLowerCase(Locale.ROOT);
      switch (plain) {
        case "text/event-stream" -> {
          return true;
        }
        case "application/json", "application/*", "*/*" -> {
          return false;
        }
        default -> {}
      }
    }
    return false;
  }

  private static Fields query(Request request) {
    try {
      return Request.extractQueryParameters(request);
    } catch (RuntimeException malformed) {
      throw new InvalidInputException("query", "The query of this address is malformed.");
    }
  }

  // What is given twice is no value that there is, as in plain reads.
  private static @Nullable String value(Fields query, String name) {
    Fields.Field given = query.get(name);
    return given == null ? null : String.join(",", given.getValues());
  }

  private static From from(@Nullable String lastEventId, @Nullable String after) {
    if (lastEventId != null && !lastEventId.isEmpty()) {
      return new From.After(ReadRange.offset(LAST_EVENT_ID, lastEventId));
    }
    Long offset = ReadRange.of(after, null).after();
    return offset == null ? new From.Cursor() : new From.After(offset);
  }

  private static AckMode ackMode(@Nullable String ack) {
    return switch (ack) {
      case null -> AckMode.AUTO;
      case "", "auto" -> AckMode.AUTO;
      case "client" -> AckMode.REQUEST;
      default -> throw new InvalidInputException("ack", "ack is auto or client.");
    };
  }
}
