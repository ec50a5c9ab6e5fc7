package io.belfry.store.redis;

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
    return key(":e");
  }

  byte[] head() {
    return key(":h");
  }

  byte[] collapse() {
    return key(":k");
  }

  /// The entries that expire before an older one.
  byte[] early() {
    return key(":x");
  }

  byte[] dropped() {
    return key(":d");
  }

  byte[] redeliveries() {
    return key(":r");
  }

  /// Which entries are dead letters of whom, and which of these were removed.
  byte[] notes() {
    return key(":w");
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
  String channel() {
    return base + ":b";
  }

  byte[] idempotency(String hash) {
    return key(":i:" + hash);
  }

  /// Where the cursors of this user's devices are.
  byte[] cursors(String user) {
    boolean isOwn = destination instanceof Destination.Queue queue && queue.user().equals(user);
    return key(isOwn ? ":c" : ":c:" + user);
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

  private byte[] key(String part) {
    return bytes(base + part);
  }

  private static String base(Destination destination) {
    return switch (destination) {
      case Destination.Queue queue -> PREFIX + "q:{" + queue.user() + "}:" + queue.queue();
      case Destination.Topic topic -> PREFIX + "t:{" + topic.topic() + "}";
    };
  }
}
