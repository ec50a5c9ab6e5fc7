package io.belfry.store.redis;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Destination;
import java.nio.charset.StandardCharsets;

/// The names of all that belongs to one log. They share a hash tag, the user of a queue or the
/// topic, so that one script may touch them all on a Cluster.
///
/// @param base what they begin with
/// @param queue the queue's name, empty for a topic
/// @param queues where the queues of its user are listed; a topic is listed nowhere
record LogKeys(
    String base,
    byte[] entries,
    byte[] head,
    byte[] collapse,
    byte[] early,
    byte[] dropped,
    byte[] redeliveries,
    byte[] notes,
    byte[] queues,
    String queue) {

  /// What every key and channel of Belfry begins with.
  static final String PREFIX = "belfry:";

  static LogKeys of(Destination destination) {
    String base = base(destination);
    byte[] head = bytes(base + ":h");
    return new LogKeys(
        base,
        bytes(base + ":e"),
        head,
        bytes(base + ":k"),
        bytes(base + ":x"),
        bytes(base + ":d"),
        bytes(base + ":r"),
        bytes(base + ":n"),
        destination instanceof Destination.Queue queue ? queues(queue.user()) : head,
        destination instanceof Destination.Queue queue ? queue.queue() : "");
  }

  /// Where the log rings.
  static String channel(Destination destination) {
    return base(destination) + ":b";
  }

  String channel() {
    return base + ":b";
  }

  byte[] idempotency(String hash) {
    return bytes(base + ":i:" + hash);
  }

  /// Where the cursors of this user's devices are.
  static byte[] cursors(Destination destination, String user) {
    boolean isOwn = destination instanceof Destination.Queue queue && queue.user().equals(user);
    return bytes(base(destination) + (isOwn ? ":c" : ":c:" + user));
  }

  static byte[] cursors(CursorKey key) {
    return cursors(key.destination(), key.user());
  }

  static byte[] head(Destination destination) {
    return bytes(base(destination) + ":h");
  }

  static byte[] queues(String user) {
    return bytes(PREFIX + "u:{" + user + "}:q");
  }

  static byte[] sessions(String user) {
    return bytes(PREFIX + "u:{" + user + "}:s");
  }

  /// Where what is to be remembered of this device is.
  static byte[] record(String user, String device) {
    return bytes(PREFIX + "u:{" + user + "}:d:" + device);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String base(Destination destination) {
    return switch (destination) {
      case Destination.Queue queue -> PREFIX + "q:{" + queue.user() + "}:" + queue.queue();
      case Destination.Topic topic -> PREFIX + "t:{" + topic.topic() + "}";
    };
  }
}
