package io.belfry.core.log;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// The name of a log: a user's queue or a topic. A service spells it `/user/{user}/queue/{queue}`
/// or `/topic/{topic}`; its subscriber spells a queue `/user/queue/{queue}`.
public sealed interface Destination {
  /// One person's inbox.
  record Queue(String user, String queue) implements Destination {
    public Queue {
      Names.user(user);
      Names.queue(queue);
    }

    @Override
    public String path() {
      return "/user/" + user + "/queue/" + queue;
    }

    @Override
    public String encodedPath() {
      return "/user/" + user.replace("|", "%7C").replace("+", "%2B") + "/queue/" + queue;
    }

    @Override
    public String subscriberPath() {
      return "/user/queue/" + queue;
    }

    @Override
    public String toString() {
      return path();
    }
  }

  /// A log shared by all who subscribe.
  record Topic(String topic) implements Destination {
    private static final String RESERVED = "belfry.";

    public Topic {
      Names.topic(topic);
    }

    @Override
    public boolean isReserved() {
      return topic.startsWith(RESERVED);
    }

    @Override
    public String path() {
      return "/topic/" + topic;
    }

    @Override
    public String encodedPath() {
      return path();
    }

    @Override
    public String subscriberPath() {
      return path();
    }

    @Override
    public String toString() {
      return path();
    }
  }

  /// Whether it is the nodes' own: only they append to it, and only operators read it. So are the
  /// topics whose names begin with `belfry.`.
  default boolean isReserved() {
    return false;
  }

  /// As a service spells it, nothing encoded.
  String path();

  /// As a service spells it, percent-encoded as a URI's path (RFC 3986).
  String encodedPath();

  /// As its subscriber spells it.
  String subscriberPath();

  /// The destination that a service names. Percent-encoding is decoded once, in each segment.
  ///
  /// @throws InvalidInputException where it names none
  static Destination ofService(String path) {
    String[] parts = path.split("/", -1);
    if (parts.length == 5
        && parts[0].isEmpty()
        && parts[1].equals("user")
        && parts[3].equals("queue")) {
      return new Queue(decode(parts[2]), decode(parts[4]));
    }
    if (parts.length == 3 && parts[0].isEmpty() && parts[1].equals("topic")) {
      return new Topic(decode(parts[2]));
    }
    throw new InvalidInputException(
        "destination", "A service's destination is /user/{user}/queue/{queue} or /topic/{topic}.");
  }

  /// The destination that `user` subscribes to. Nothing is decoded, so that there is one spelling.
  ///
  /// @throws InvalidInputException where it names none
  static Destination ofSubscriber(String path, String user) {
    String[] parts = path.split("/", -1);
    if (parts.length == 4
        && parts[0].isEmpty()
        && parts[1].equals("user")
        && parts[2].equals("queue")) {
      return new Queue(user, parts[3]);
    }
    if (parts.length == 3 && parts[0].isEmpty() && parts[1].equals("topic")) {
      return new Topic(parts[2]);
    }
    throw new InvalidInputException(
        "destination", "A destination to subscribe to is /user/queue/{queue} or /topic/{topic}.");
  }

  private static String decode(String segment) {
    if (segment.indexOf('%') < 0) {
      return segment;
    }
    byte[] bytes = new byte[segment.length()];
    int length = 0;
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c == '%') {
        // ASCII's digits alone: there are others that read like them.
        if (i + 2 >= segment.length()
            || !HexFormat.isHexDigit(segment.charAt(i + 1))
            || !HexFormat.isHexDigit(segment.charAt(i + 2))) {
          throw new InvalidInputException(
              "destination", "A % in a destination is followed by two hexadecimal digits.");
        }
        c = (char) HexFormat.fromHexDigits(segment, i + 1, i + 3);
        i += 2;
      }
      // Names are ASCII: whatever is beyond becomes a character that no name may have.
      bytes[length++] = c < 128 ? (byte) c : (byte) 0;
    }
    return new String(bytes, 0, length, StandardCharsets.US_ASCII);
  }
}
