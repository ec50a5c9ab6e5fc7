package io.belfry.proof;

import io.belfry.proof.Event.Acknowledged;
import io.belfry.proof.Event.Closed;
import io.belfry.proof.Event.DeadLetter;
import io.belfry.proof.Event.Delivered;
import io.belfry.proof.Event.Failed;
import io.belfry.proof.Event.Fault;
import io.belfry.proof.Event.Kept;
import io.belfry.proof.Event.Opened;
import io.belfry.proof.Event.Refused;
import io.belfry.proof.Event.Repeated;
import io.belfry.proof.Finding.Kind;
import io.belfry.proof.Messages.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Reads a history from its beginning to its end and says what in it must not have happened. It
/// knows nothing of what made the history, so that its own test can make one up.
final class Checker {
  /// Cursors are written behind by a second; for all that a busy machine adds there is more.
  static final long WRITTEN_BEHIND = 6_000_000;

  /// After so long a node has noticed that a client is gone, three heart-beats and a margin.
  static final long NOTICED = 15_000_000;

  private final Messages messages;
  private final List<Fault> faults;
  private final Map<String, Track> tracks = new LinkedHashMap<>();
  private final Map<String, Track.Session> sessions = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private long deliveries;
  private long redelivered;
  private long repeated;
  private long left;

  private Checker(List<Event> events) {
    this.messages = new Messages(events);
    this.faults = events.stream().filter(Fault.class::isInstance).map(Fault.class::cast).toList();
  }

  static Verdict check(List<Event> events) {
    Checker checker = new Checker(events);
    events.forEach(checker::note);
    checker.messages.all().forEach(checker::checkAnswer);
    checker.tracks.values().forEach(checker::checkEnd);
    return checker.verdict();
  }

  /// How many required deliveries and settlements are still to come; none where all is well.
  static long owed(List<Event> events) {
    Verdict verdict = check(events);
    return verdict.lost() + verdict.count(Kind.UNLISTED) + verdict.count(Kind.UNANSWERED);
  }

  private Verdict verdict() {
    long accepted = messages.all().stream().filter(Message::isAccepted).count();
    long refused = messages.all().stream().filter(Message::isRefused).count();
    return new Verdict(
        accepted, refused, deliveries, redelivered, repeated, left, List.copyOf(findings));
  }

  private void note(Event event) {
    switch (event) {
      case Opened opened -> open(opened);
      case Failed failed -> {
        Track track = tracks.get(failed.client() + ' ' + failed.destination());
        if (track != null) {
          track.failures.add(failed);
        }
      }
      case Delivered delivered -> delivered(delivered);
      case Acknowledged acked -> {
        Track.Session session = session(acked.connection(), acked.destination());
        track(acked.client(), acked.destination()).acknowledged(session, acked);
      }
      case Refused refused ->
          track(refused.client(), refused.destination())
              .refused(session(refused.connection(), refused.destination()), refused.offset());
      case Kept kept -> ofConnection(kept.connection(), (track, s) -> track.kept(s, kept.at()));
      case Closed closed -> ofConnection(closed.connection(), (_, s) -> s.closedAt = closed.at());
      case DeadLetter letter -> {
        Track.Entry entry = track(letter.client(), letter.destination()).entry(letter.offset());
        if (entry != null) {
          entry.deadLetter = true;
        }
      }
      case Repeated again -> repeated(again);
      default -> {}
    }
  }

  private void open(Opened opened) {
    Track track =
        tracks.computeIfAbsent(
            opened.client() + ' ' + opened.destination(), key -> new Track(opened));
    sessions.put(opened.connection() + ' ' + opened.destination(), track.open(opened));
  }

  private Track track(String client, String destination) {
    return Objects.requireNonNull(tracks.get(client + ' ' + destination), client);
  }

  private Track.Session session(String connection, String destination) {
    return Objects.requireNonNull(sessions.get(connection + ' ' + destination), connection);
  }

  private interface SessionConsumer {
    void accept(Track track, Track.Session session);
  }

  private void ofConnection(String connection, SessionConsumer consumer) {
    for (Track track : tracks.values()) {
      Track.Session session = sessions.get(connection + ' ' + track.destination);
      if (session != null && session.opened.client().equals(track.client)) {
        consumer.accept(track, session);
      }
    }
  }

  private void delivered(Delivered delivered) {
    Message message = messages.of(delivered.message());
    if (message == null || message.isRefused()) {
      found(Kind.GHOST, delivered);
      return;
    }
    if (!message.sent.destination().equals(delivered.destination())) {
      found(Kind.STRAYED, delivered);
      return;
    }
    if (delivered.gap() != Event.NONE) {
      found(Kind.HOLE, delivered);
    }
    redelivered += delivered.redelivered() ? 1 : 0;
    if (delivered.offset() == Event.NONE) {
      return;
    }
    if (message.isAccepted() && message.offset() != delivered.offset()) {
      found(Kind.DOUBLED, delivered);
    }
    Track track = track(delivered.client(), delivered.destination());
    Track.Session session = session(delivered.connection(), delivered.destination());
    if (!session.seen.contains(delivered.offset())) {
      newOnSession(track, session, delivered, message);
    } else if (delivered.redelivered()) {
      track.cameAgain(session, delivered);
    } else {
      found(Kind.DOUBLED, delivered);
    }
  }

  private void newOnSession(
      Track track, Track.Session session, Delivered delivered, Message message) {
    long offset = delivered.offset();
    if (offset < session.highest) {
      found(Kind.DISORDERED, delivered);
    }
    if (messages.isGone(message, session.opened.from(), delivered.at())) {
      found(Kind.RESURRECTED, delivered);
    }
    Track.Entry before = track.entry(offset);
    if (before != null) {
      newThoughKnown(session, before, delivered);
    } else {
      deliveries++;
      if (offset < track.highest && !messages.mayComeLate(message, delivered.at())) {
        found(Kind.SKIPPED, delivered);
      }
    }
    track.arrived(session, delivered);
  }

  // Acknowledged stays acknowledged, and what comes again says so: but for what a crash forgets.
  private void newThoughKnown(Track.Session session, Track.Entry before, Delivered delivered) {
    long opened = session.opened.from();
    if (before.keptAt < opened || outlived(before.acknowledgedAt, opened)) {
      found(Kind.RETURNED, delivered);
    }
    boolean canMark = !session.opened.door().equals("poll");
    if (canMark && !delivered.redelivered() && outlived(before.firstAt, opened)) {
      found(Kind.UNMARKED, delivered);
    }
  }

  // Whether what happened then has been written, since nothing was wrong and there was time.
  private boolean outlived(long then, long opened) {
    return opened - WRITTEN_BEHIND > then
        && faults.stream()
            .noneMatch(fault -> fault.from() < then + WRITTEN_BEHIND && fault.at() > then);
  }

  private void repeated(Repeated again) {
    Message message = messages.of(again.message());
    boolean isSame =
        message != null && (again.offset() == Event.NONE || again.offset() == message.offset());
    if (isSame) {
      repeated++;
    } else {
      findings.add(new Finding(Kind.DOUBLED, again.toString()));
    }
  }

  private void checkAnswer(Message message) {
    if (message.answered == null || message.answered.status() == 0) {
      findings.add(new Finding(Kind.UNANSWERED, message.sent.toString()));
    }
  }

  private void checkEnd(Track track) {
    for (Message message : messages.in(track.destination)) {
      boolean isOwed = message.sent.at() >= track.first.at() && !message.mayBeMissing;
      Track.Entry entry = track.entry(message.offset());
      if (isOwed && entry == null) {
        missing(track, message);
      } else if (isOwed && entry != null && !track.first.auto() && !entry.settled) {
        unsettled(track, message, entry);
      }
    }
  }

  private void missing(Track track, Message message) {
    if (track.mayBeOnABrokenWire(message, NOTICED)) {
      left++;
    } else {
      found(Kind.LOST, track, message);
    }
  }

  private void unsettled(Track track, Message message, Track.Entry entry) {
    if (!entry.refused) {
      found(Kind.FORGOTTEN, track, message);
    } else if (!entry.deadLetter) {
      found(Kind.UNLISTED, track, message);
    }
  }

  private void found(Kind kind, Track track, Message message) {
    findings.add(new Finding(kind, track.client + ": " + message.sent + " " + message.answered));
  }

  private void found(Kind kind, Delivered delivered) {
    findings.add(new Finding(kind, delivered.toString()));
  }
}
