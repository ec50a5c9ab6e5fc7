package io.belfry.core.log;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One message that a service wants appended, and all that its headers say of it. REST, STOMP's
/// `SEND` and MQTT's `PUBLISH` translate into this type and decide nothing themselves.
///
/// @param destination the log
/// @param id the message's own id, made by this node before the append, unique among all nodes
/// @param contentType as the service declared it, or inferred
/// @param headers what is passed on to the subscribers: `ce-*`, `traceparent`, `urgency`, and what
///   a transport passes on beside them, in lower case and in the order of the names
/// @param body any bytes; owned by the push from here on, nobody changes them
/// @param ttl how long the entry is kept, at most what the retention says; zero: only for who is
///   connected now and has room
/// @param collapseKey the header `Topic`: retracts the older entry of the same key
/// @param idempotencyKey appends once for the same destination while it is remembered
public record Push(
    Destination destination,
    String id,
    String contentType,
    Map<String, String> headers,
    byte[] body,
    Duration ttl,
    @Nullable String collapseKey,
    @Nullable String idempotencyKey) {

  private static final int MAX_KEY = 256;
  private static final String EVENT_PREFIX = "ce-";

  /// The push that `headers` (names in any case) describe. Headers that mean nothing to Belfry are
  /// left out.
  ///
  /// @throws InvalidInputException naming the header that is wrong
  /// @throws NotAllowedException where the destination is the nodes' own
  public static Push of(
      Destination destination, Map<String, String> headers, byte[] body, Retention retention) {
    if (destination.isReserved()) {
      throw new NotAllowedException(
          "Topics whose names begin with 'belfry.' are the nodes' own: nobody pushes to them.");
    }
    Duration ttl = retention.ttl();
    String contentType = null;
    String collapseKey = null;
    String idempotencyKey = null;
    Map<String, String> passedOn = Map.of();
    for (Map.Entry<String, String> header : headers.entrySet()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      String value = header.getValue().strip();
      switch (name) {
        case "content-type" -> contentType = value;
        case "ttl" -> ttl = ttl(value, retention.ttl());
        case "topic" -> collapseKey = key("Topic", value);
        case "idempotency-key" -> idempotencyKey = key("Idempotency-Key", unquoted(value));
        case "urgency" -> passedOn = with(passedOn, name, urgency(value));
        case "traceparent" -> passedOn = with(passedOn, name, passable(name, value));
        default -> {
          if (knows(name)) {
            passedOn = with(passedOn, token(name), passable(name, value));
          }
        }
      }
    }
    return new Push(
        destination,
        Ids.next(),
        ContentType.of(contentType, body),
        passedOn,
        body,
        ttl,
        collapseKey,
        idempotencyKey);
  }

  /// The same with these headers, too: what its transport passes on although it means nothing to
  /// Belfry.
  ///
  /// @param more names in lower case, which Belfry does not know
  /// @throws InvalidInputException naming the header that has a control character in it
  public Push passingOn(Map<String, String> more) {
    if (more.isEmpty()) {
      return this;
    }
    Map<String, String> all = new TreeMap<>(headers);
    more.forEach((name, value) -> all.put(name, passable(name, value)));
    return new Push(destination, id, contentType, all, body, ttl, collapseKey, idempotencyKey);
  }

  /// Whether a header of this name, in lower case, means something to Belfry; others are left out.
  public static boolean knows(String name) {
    return switch (name) {
      case "content-type", "ttl", "topic", "idempotency-key", "urgency", "traceparent" -> true;
      default -> name.startsWith(EVENT_PREFIX) && name.length() > EVENT_PREFIX.length();
    };
  }

  /// Whether this is for those alone who are connected now: it has no offset and no
  /// acknowledgement.
  public boolean isPassing() {
    return ttl.isZero();
  }

  /// What it takes of whatever is bounded in bytes, as its entry does.
  public int size() {
    return Entry.size(headers, body);
  }

  private static Map<String, String> with(Map<String, String> all, String name, String value) {
    Map<String, String> more = all.isEmpty() ? new TreeMap<>() : all;
    more.put(name, value);
    return more;
  }

  private static Duration ttl(String value, Duration longest) {
    long seconds = Digits.parse(value);
    if (seconds < 0) {
      throw new InvalidInputException("TTL", "TTL is a whole number of seconds, 0 or more.");
    }
    Duration asked = Duration.ofSeconds(seconds);
    return asked.compareTo(longest) < 0 ? asked : longest;
  }

  private static String urgency(String value) {
    return switch (value) {
      case "very-low", "low", "normal", "high" -> value;
      default ->
          throw new InvalidInputException(
              "Urgency", "Urgency is one of very-low, low, normal and high.");
    };
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  private static String key(String name, String value) {
    if (value.isEmpty()
        || value.length() > MAX_KEY
        || !value.chars().allMatch(c -> c >= 32 && c < 127)) {
      throw new InvalidInputException(
          name, name + " is 1 to " + MAX_KEY + " printable ASCII characters.");
    }
    return value;
  }

  // A name that HTTP would take (RFC 9110): STOMP and MQTT could bring any characters.
  private static String token(String name) {
    if (!name.chars().allMatch(Push::isTokenCharacter)) {
      throw new InvalidInputException("ce-", "A header's name has a character that none may have.");
    }
    return name;
  }

  private static boolean isTokenCharacter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  private static String passable(String name, String value) {
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidInputException(name, name + " has a control character in it.");
    }
    return value;
  }
}
