package io.belfry.web;

import io.belfry.core.log.BelfryException;
import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.LimitExceededException;
import io.belfry.core.log.NotAllowedException;
import io.belfry.core.log.StoreUnavailableException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;

/// An error as HTTP tells it (RFC 9457): `application/problem+json` with `type`, `title`, `status`
/// and `detail`. Its type is always `about:blank`: the status says all that a program can act on.
///
/// @param status of the answer
/// @param detail one plain sentence, for the developer who sent the request
/// @param headers that belong to the answer, as `Retry-After`
public record Problem(int status, String detail, Map<String, String> headers) {
  public static final String MEDIA_TYPE = "application/problem+json";

  // What Jetty and the firewall take for an attempt to confuse them; the same, encoded.
  private static final Pattern NAMELESS =
      Pattern.compile("%(2F|5C|3B|25|[01]\\p{XDigit}|7F)|[;\\\\]", Pattern.CASE_INSENSITIVE);

  public Problem {
    headers = Map.copyOf(headers);
  }

  public static Problem of(int status, String detail) {
    return new Problem(status, detail, Map.of());
  }

  /// A problem of which nothing is known but its status.
  public static Problem of(int status) {
    return of(status, sentence(status));
  }

  /// 400: a request that was refused before anything of ours looked at it.
  ///
  /// @param path its address's, as it came
  public static Problem malformed(String path) {
    return NAMELESS.matcher(path).find()
        ? of(
            400,
            "A name in the address has a character that no name may have: a slash, a backslash, a"
                + " semicolon, a percent sign or a control character, percent-encoded or not.")
        : of(400);
  }

  /// What went wrong in the core.
  public static Problem of(BelfryException failure) {
    return switch (failure) {
      case InvalidInputException invalid -> of(400, text(invalid));
      case NotAllowedException refused -> of(422, text(refused));
      case LimitExceededException limit -> of(429, text(limit)).retryAfter(1);
      case StoreUnavailableException _ ->
          of(503, "The store cannot take or answer this now. Try again.").retryAfter(1);
    };
  }

  /// The same with one more header.
  public Problem with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Problem(status, detail, more);
  }

  public Problem retryAfter(int seconds) {
    return with("Retry-After", Integer.toString(seconds));
  }

  public String title() {
    HttpStatus known = HttpStatus.resolve(status);
    return known == null ? "Error" : known.getReasonPhrase();
  }

  /// The members in their order, for answers that hold more than one problem.
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", "about:blank");
    members.put("title", title());
    members.put("status", status);
    members.put("detail", detail);
    return members;
  }

  /// The body of the answer.
  public byte[] json() {
    StringBuilder json = new StringBuilder(128 + detail.length());
    json.append("{\"type\":\"about:blank\",\"title\":");
    quote(json, title());
    json.append(",\"status\":").append(status).append(",\"detail\":");
    quote(json, detail);
    return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void quote(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append("\\u00").append(c < 16 ? '0' : '1').append(Character.forDigit(c % 16, 16));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }

  private static String text(BelfryException failure) {
    String message = failure.getMessage();
    return message == null ? "The request cannot be answered." : message;
  }

  private static String sentence(int status) {
    return switch (status) {
      case 400 -> "The request or its address is malformed.";
      case 404 -> "There is nothing at this address; /openapi has those that there are.";
      case 405 -> "This method is not for this address; /openapi has what is for which.";
      case 406 -> "None of the accepted media types can be given.";
      case 408 -> "The request took too long to arrive.";
      case 413 -> "The body is too large.";
      case 414 -> "The address is too long.";
      case 415 -> "The body's media type is not for this address.";
      case 431 -> "The headers are too large.";
      case 505 -> "This version of HTTP is not spoken here: use HTTP/1.1 or HTTP/2.";
      case 503 -> "This cannot be answered now. Try again.";
      default ->
          status < 500
              ? "The request cannot be answered."
              : "Something went wrong here; the log of the node says more.";
    };
  }
}
