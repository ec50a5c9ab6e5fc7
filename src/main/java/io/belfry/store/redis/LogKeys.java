package io.belfry.store.redis;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Destination;
import java.nio.charset.StandardCharsets;

/// The names of all that belongs to one log. They share a hash tag, the user of a queue or the
/// topic, so that one script may touch them all on a Cluster.
final class LogKeys {
  /// What every key and channel of Belfry begins with.
  static final String PREFIX = "belfry:";

  private final String base;
  private final Destination destination;

  private LogKeys(Destination destination) {
    this.base = base(destination);
    this.destination = destination;
  }

  static LogKeys of(Destination destination) {
    return new LogKeys(destination);
  }

  byte[] entries() {
    return bytes(base + ":e");
  }

  byte[] head() {
    return bytes(base + ":h");
  }

  byte[] collapse() {
    return bytes(base + ":k");
  }

  /// The entries that expire before an older one.
  byte[] early() {
    return bytes(base + ":x");
  }

  byte[] dropped() {
    return bytes(base + ":d");
  }

  byte[] redeliveries() {
    return bytes(base + ":r");
  }

  /// Where the places of the entries' dead letters are.
  byte[] notes() {
    return bytes(base + ":n");
  }

  /// Where the names of the user's queues are; a topic, which is in no such list, has its head
  /// here.
  byte[] queues() {
    return destination instanceof Destination.Queue queue ? queues(queue.user()) : head();
  }

  /// The queue's name, or nothing.
  String queue() {
    return destination instanceof Destination.Queue queue ? queue.queue() : "";
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
