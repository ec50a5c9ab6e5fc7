package io.belfry.proof;

import io.belfry.proof.Event.Answered;
import io.belfry.proof.Event.Fault;
import io.belfry.proof.Event.Repeated;
import io.belfry.proof.Event.Retracted;
import io.belfry.proof.Event.Retracting;
import io.belfry.proof.Event.Sent;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was pushed, what became of each, and until when it may be delivered.
final class Messages {
  /// After the answer to what removes it, an entry may still be sent for so long.
  private static final long REMOVAL = 1_000_000;

  /// One message, pushed once or many times under one key.
  static final class Message {
    final Sent sent;
    @Nullable Answered answered;
    boolean mayBeMissing;
    long goneAt = Long.MAX_VALUE;
    long expiredAt = Long.MAX_VALUE;

    private Message(Sent sent) {
      this.sent = sent;
      this.mayBeMissing = sent.expires();
    }

    String id() {
      return sent.message();
    }

    boolean isAccepted() {
      return answered != null && answered.isAccepted();
    }

    boolean isRefused() {
      return answered != null && answered.isRefused();
    }

    long offset() {
      return answered == null ? Event.NONE : answered.offset();
    }

    private void goneAt(long time) {
      goneAt = Math.min(goneAt, time + REMOVAL);
    }
  }

  private final Map<String, Message> byId = new LinkedHashMap<>();
  private final Map<String, Map<Long, Message>> byOffset = new HashMap<>();
  private final List<Fault> clocks;

  Messages(List<Event> events) {
    clocks =
        events.stream()
            .filter(Fault.class::isInstance)
            .map(Fault.class::cast)
            .filter(Fault::isOfClock)
            .toList();
    events.forEach(this::note);
    Map<String, Message> newest = new HashMap<>();
    for (Message message : byId.values()) {
      if (message.isAccepted()) {
        byOffset
            .computeIfAbsent(message.sent.destination(), d -> new HashMap<>())
            .put(message.offset(), message);
        expire(message);
        collapse(message, newest);
      }
    }
  }

  private void note(Event event) {
    switch (event) {
      case Sent sent -> byId.putIfAbsent(sent.message(), new Message(sent));
      case Answered answered -> {
        Message message = byId.get(answered.message());
        if (message != null) {
          message.answered = answered;
        }
      }
      case Retracting retracting -> {
        Message message = byId.get(retracting.message());
        if (message != null) {
          message.mayBeMissing = true;
        }
      }
      case Retracted retracted -> {
        Message message = byId.get(retracted.message());
        if (message != null) {
          message.goneAt(retracted.at());
        }
      }
      case Repeated _ -> {}
      default -> {}
    }
  }

  // Where a clock was wrong when it was taken, nobody here knows until when it lives.
  private void expire(Message message) {
    Answered answered = message.answered;
    if (answered != null
        && message.sent.expires()
        && !isClockWrong(message.sent.at(), answered.at())) {
      message.expiredAt = answered.at() + message.sent.ttl() + REMOVAL;
    }
  }

  private boolean isClockWrong(long begin, long end) {
    return clocks.stream().anyMatch(fault -> fault.touches(begin, end));
  }

  /// Whether a message must not be sent on a subscription that began then. Who sets a clock back
  /// calls to life again what has expired, until it is right.
  boolean isGone(Message message, long begun, long now) {
    return begun > message.goneAt || (begun > message.expiredAt && !isClockWrong(begun, now));
  }

  // Of one key only the newest must arrive, and the older ones must not once it is there.
  private static void collapse(Message message, Map<String, Message> newest) {
    if (message.sent.collapse().isEmpty()) {
      return;
    }
    String key = message.sent.destination() + ' ' + message.sent.collapse();
    Message other = newest.get(key);
    if (other == null) {
      newest.put(key, message);
      return;
    }
    Message newer = other.offset() > message.offset() ? other : message;
    Message older = newer == other ? message : other;
    newest.put(key, newer);
    older.mayBeMissing = true;
    Answered answered = newer.answered;
    if (answered != null) {
      older.goneAt(answered.at());
    }
  }

  /// Whether a message may have been passed over as expired, and come later: by a clock that was
  /// wrong.
  boolean mayComeLate(Message message, long now) {
    return message.sent.expires() && isClockWrong(message.sent.at(), now);
  }

  Collection<Message> all() {
    return byId.values();
  }

  @Nullable Message of(String id) {
    return byId.get(id);
  }

  /// What was accepted for this destination.
  Collection<Message> in(String destination) {
    return byOffset.getOrDefault(destination, Map.of()).values();
  }

  @Nullable Message at(String destination, long offset) {
    return byOffset.getOrDefault(destination, Map.of()).get(offset);
  }
}
