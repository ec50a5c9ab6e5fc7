package io.belfry.proof;

import io.belfry.proof.Event.Acknowledged;
import io.belfry.proof.Event.Delivered;
import io.belfry.proof.Event.Failed;
import io.belfry.proof.Event.Opened;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// All that one client had of one destination, over all of its connections.
final class Track {
  /// What the client did with one entry.
  static final class Entry {
    final long firstAt;
    boolean settled;
    boolean refused;
    boolean deadLetter;
    long acknowledgedAt = Long.MAX_VALUE;
    long keptAt = Long.MAX_VALUE;

    Entry(long firstAt) {
      this.firstAt = firstAt;
    }
  }

  /// One subscription.
  static final class Session {
    final Opened opened;
    final Set<Long> seen = new HashSet<>();
    long lowest = Long.MAX_VALUE;
    long highest = Event.NONE;
    long closedAt = Long.MAX_VALUE;
    private final NavigableSet<Long> open = new TreeSet<>();
    private final List<Long> acknowledged = new ArrayList<>();

    Session(Opened opened) {
      this.opened = opened;
    }
  }

  final String client;
  final String destination;
  final Opened first;
  final Map<Long, Entry> entries = new HashMap<>();
  final List<Session> sessions = new ArrayList<>();
  final List<Failed> failures = new ArrayList<>();
  long highest = Event.NONE;

  Track(Opened first) {
    this.client = first.client();
    this.destination = first.destination();
    this.first = first;
  }

  Session open(Opened opened) {
    Session session = new Session(opened);
    sessions.add(session);
    return session;
  }

  @Nullable Entry entry(long offset) {
    return entries.get(offset);
  }

  /// Notes a delivery that was not on this subscription before.
  void arrived(Session session, Delivered delivered) {
    session.seen.add(delivered.offset());
    session.highest = Math.max(session.highest, delivered.offset());
    session.lowest = Math.min(session.lowest, delivered.offset());
    highest = Math.max(highest, delivered.offset());
    entries.computeIfAbsent(delivered.offset(), o -> new Entry(delivered.at()));
    session.open.add(delivered.offset());
  }

  /// Notes a delivery that was: what was refused waits for an acknowledgement again.
  void cameAgain(Session session, Delivered delivered) {
    session.open.add(delivered.offset());
  }

  /// Notes an acknowledgement; one that is for all up to it leaves out what waits after a refusal.
  void acknowledged(Session session, Acknowledged acknowledged) {
    long offset = acknowledged.offset();
    NavigableSet<Long> meant =
        acknowledged.upTo()
            ? session.open.headSet(offset, true)
            : session.open.subSet(offset, true, offset, true);
    for (long each : List.copyOf(meant)) {
      settle(each, acknowledged.at());
      session.open.remove(each);
      session.acknowledged.add(each);
    }
  }

  private void settle(long offset, long at) {
    Entry entry = entries.get(offset);
    if (entry != null) {
      entry.settled = true;
      entry.acknowledgedAt = Math.min(entry.acknowledgedAt, at);
    }
  }

  void refused(Session session, long offset) {
    Entry entry = entries.get(offset);
    if (entry != null) {
      entry.refused = true;
    }
    session.open.remove(offset);
  }

  void kept(Session session, long at) {
    for (long offset : session.acknowledged) {
      Entry entry = entries.get(offset);
      if (entry != null) {
        entry.keptAt = Math.min(entry.keptAt, at);
      }
    }
  }

  /// Whether an entry that never came may have been written to a connection that broke: then it is
  /// settled where that is all that settling takes.
  boolean mayBeOnABrokenWire(Messages.Message message, long noticed) {
    if (!first.auto()) {
      return false;
    }
    long next = Long.MAX_VALUE;
    for (Session session : sessions.reversed()) {
      boolean isBetween = session.highest < message.offset() && message.offset() < next;
      if (isBetween
          && session != sessions.getLast()
          && message.sent.at() < session.closedAt + noticed) {
        return true;
      }
      next = Math.min(next, session.lowest);
    }
    return failures.stream().anyMatch(failed -> mayHaveTaken(failed, message, noticed));
  }

  // A node may have thought that it stood.
  private boolean mayHaveTaken(Failed failed, Messages.Message message, long noticed) {
    return message.sent.at() < failed.at() + noticed
        && sessions.stream()
            .filter(session -> session.opened.at() > failed.at())
            .allMatch(session -> message.offset() < session.lowest);
  }
}
