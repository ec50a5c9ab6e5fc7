package io.belfry.proof;

import io.belfry.proof.Event.Answered;
import io.belfry.proof.Event.Delivered;
import io.belfry.proof.Event.Fault;
import io.belfry.proof.Event.Opened;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// How long after a fault was over what was accepted under it was still coming. A client's own
/// absence is not counted, and clients that take their time on purpose are not asked.
final class CatchUp {
  /// @param count how often this fault was made
  /// @param worst in microseconds, over all of them
  record Line(String fault, int count, long worst) {}

  private final List<Fault> faults = new ArrayList<>();
  private final Map<String, Long> answered = new HashMap<>();
  private final Map<String, Opened> opened = new HashMap<>();
  private final Set<String> delivered = new HashSet<>();
  private final Map<String, Line> lines = new TreeMap<>();

  private CatchUp(List<Event> events) {
    for (Event event : events) {
      switch (event) {
        case Fault fault -> faults.add(fault);
        case Answered answer -> answered.put(answer.message(), answer.at());
        default -> {}
      }
    }
    faults.forEach(
        fault -> lines.merge(fault.name(), new Line(fault.name(), 1, 0), CatchUp::together));
  }

  /// One line for each kind of fault.
  static List<Line> after(List<Event> events) {
    CatchUp catchUp = new CatchUp(events);
    for (Event event : events) {
      switch (event) {
        case Opened open -> catchUp.opened.put(open.connection() + open.destination(), open);
        case Delivered delivery -> catchUp.note(delivery);
        default -> {}
      }
    }
    return List.copyOf(catchUp.lines.values());
  }

  private void note(Delivered delivery) {
    Opened session = opened.get(delivery.connection() + delivery.destination());
    Long accepted = answered.get(delivery.message());
    boolean isFirst = delivered.add(delivery.client() + ' ' + delivery.message());
    if (session == null || accepted == null || !isFirst || !session.temper().isEager()) {
      return;
    }
    for (Fault fault : faults) {
      if (fault.from() <= accepted && accepted <= fault.at()) {
        long late = delivery.at() - Math.max(fault.at(), session.at());
        lines.merge(fault.name(), new Line(fault.name(), 0, Math.max(0, late)), CatchUp::together);
      }
    }
  }

  private static Line together(Line one, Line other) {
    return new Line(one.fault(), one.count() + other.count(), Math.max(one.worst(), other.worst()));
  }
}
