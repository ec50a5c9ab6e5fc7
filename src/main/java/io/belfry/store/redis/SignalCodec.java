package io.belfry.store.redis;

import io.belfry.core.log.Presence.Signal;
import io.belfry.core.log.Session;
import java.time.Instant;

/// Sessions and signals as words that a blank ends each; none of them can have one in it.
final class SignalCodec {
  private SignalCodec() {}

  static byte[] encode(Signal signal) {
    return LogKeys.bytes(
        switch (signal) {
          case Signal.Disconnect disconnect -> "disconnect " + disconnect.user();
          case Signal.TakeOver takeOver ->
              (takeOver.resumes() ? "resume " : "takeover ") + words(takeOver.session());
        });
  }

  static Signal decode(byte[] bytes) {
    String[] words = EntryCodec.text(bytes).split(" ", 3);
    return switch (words[0]) {
      case "disconnect" -> new Signal.Disconnect(words[1]);
      case "takeover" -> new Signal.TakeOver(session(words[1], words[2]), false);
      case "resume" -> new Signal.TakeOver(session(words[1], words[2]), true);
      default -> throw new IllegalArgumentException("a signal of an unknown kind");
    };
  }

  /// A session, its user first.
  static String words(Session session) {
    return session.user() + ' ' + withoutUser(session);
  }

  static String withoutUser(Session session) {
    return String.join(
        " ",
        session.id(),
        session.node(),
        session.transport(),
        Long.toString(session.since().toEpochMilli()),
        session.device());
  }

  static Session session(String user, String words) {
    String[] parts = words.split(" ", -1);
    return new Session(
        parts[0],
        user,
        parts[4],
        parts[2],
        parts[1],
        Instant.ofEpochMilli(Long.parseLong(parts[3])));
  }
}
