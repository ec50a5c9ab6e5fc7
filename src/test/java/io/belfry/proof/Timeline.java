package io.belfry.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/// A picture of a history, as SVG: what was accepted and delivered in each quarter of a second, and
/// below it the faults.
final class Timeline {
  private static final int WIDTH = 1100;
  private static final int CHART = 140;
  private static final int LANE = 16;
  private static final int LABELS = 210;
  private static final long BUCKET = 250_000;

  private final List<Event> events;
  private final long end;
  private final StringBuilder svg = new StringBuilder();

  private Timeline(List<Event> events) {
    this.events = events;
    this.end = events.stream().mapToLong(Event::at).max().orElse(1);
  }

  static String of(List<Event> events) {
    return new Timeline(events).draw();
  }

  private String draw() {
    List<String> lanes = lanes();
    int height = CHART + 30 + LANE * lanes.size();
    add(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Timeline\">",
            WIDTH,
            height));
    bars(counts(e -> e instanceof Event.Delivered), "delivered");
    bars(counts(e -> e instanceof Event.Answered a && a.isAccepted()), "accepted");
    axis(height);
    for (Event event : events) {
      if (event instanceof Event.Fault fault) {
        int y = CHART + 30 + LANE * lanes.indexOf(fault.name());
        double from = x(fault.from());
        add(
            String.format(
                Locale.ROOT,
                "<rect class=\"fault\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                from,
                y,
                Math.max(2, x(fault.at()) - from),
                LANE - 4));
      }
    }
    for (int i = 0; i < lanes.size(); i++) {
      add(
          String.format(
              Locale.ROOT,
              "<text x=\"0\" y=\"%d\">%s</text>",
              CHART + 41 + LANE * i,
              lanes.get(i)));
    }
    return svg.append("</svg>\n").toString();
  }

  private List<String> lanes() {
    List<String> names = new ArrayList<>();
    for (Event event : events) {
      if (event instanceof Event.Fault fault && !names.contains(fault.name())) {
        names.add(fault.name());
      }
    }
    return names;
  }

  private long[] counts(Predicate<Event> which) {
    long[] counts = new long[(int) (end / BUCKET) + 1];
    events.stream().filter(which).forEach(event -> counts[(int) (event.at() / BUCKET)]++);
    return counts;
  }

  private void bars(long[] counts, String kind) {
    long most = Math.max(1, LongStream.of(counts).max().orElse(1));
    double scale = kind.equals("accepted") ? CHART / 3.0 : CHART;
    for (int i = 0; i < counts.length; i++) {
      double height = scale * counts[i] / most;
      add(
          String.format(
              Locale.ROOT,
              "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\"/>",
              kind,
              x(i * BUCKET),
              CHART - height,
              x(BUCKET) - x(0),
              height));
    }
  }

  private void axis(int height) {
    long seconds = end / 1_000_000;
    long step = Math.max(1, seconds / 12);
    for (long s = 0; s <= seconds; s += step) {
      double x = x(s * 1_000_000);
      add(
          String.format(
              Locale.ROOT, "<line x1=\"%.1f\" y1=\"0\" x2=\"%.1f\" y2=\"%d\"/>", x, x, height));
      add(
          String.format(
              Locale.ROOT, "<text x=\"%.1f\" y=\"%d\">%d s</text>", x + 2, CHART + 14, s));
    }
  }

  private double x(long at) {
    return LABELS + (double) (WIDTH - LABELS) * at / end;
  }

  private void add(String line) {
    svg.append(line).append('\n');
  }
}
