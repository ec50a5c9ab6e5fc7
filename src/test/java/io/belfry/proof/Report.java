package io.belfry.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What a proof has to show: lines for the console, and one page that needs nothing but itself.
final class Report {
  private static final int SHOWN = 50;

  /// One world's part.
  record Part(String world, Verdict verdict, List<Event> events, List<String> leftOut) {}

  private Report() {}

  /// What one world came to, line by line.
  static List<String> lines(Part part) {
    List<String> lines = new ArrayList<>();
    Verdict verdict = part.verdict();
    lines.add("");
    lines.add(
        "%-9s %9s %9s %9s %11s %8s %8s %6s %6s"
            .formatted(
                "store",
                "accepted",
                "refused",
                "delivered",
                "redelivered",
                "repeats",
                "doubled",
                "on wire",
                "lost"));
    lines.add(
        "%-9s %9d %9d %9d %11d %8d %8d %7d %6d"
            .formatted(
                part.world(),
                verdict.accepted(),
                verdict.refused(),
                verdict.deliveries(),
                verdict.redelivered(),
                verdict.repeated(),
                verdict.count(Finding.Kind.DOUBLED),
                verdict.left(),
                verdict.lost()));
    lines.add("  connections: " + tempers(part.events()));
    for (CatchUp.Line line : CatchUp.after(part.events())) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  %-34s %3d times, worst catch-up %7.3f s",
              line.fault(),
              line.count(),
              line.worst() / 1e6));
    }
    part.leftOut().forEach(fault -> lines.add("  left out: " + fault));
    verdict.findings().stream()
        .limit(SHOWN)
        .forEach(finding -> lines.add("  ! " + finding.kind().words + ": " + finding.text()));
    return lines;
  }

  // How many there were in each temper.
  private static String tempers(List<Event> events) {
    Map<Temper, Set<String>> connections = new EnumMap<>(Temper.class);
    for (Event event : events) {
      if (event instanceof Event.Opened opened) {
        connections
            .computeIfAbsent(opened.temper(), temper -> new HashSet<>())
            .add(opened.connection());
      }
    }
    return connections.entrySet().stream()
        .map(each -> each.getValue().size() + " " + each.getKey().name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  /// Writes the page and each history.
  static void write(Path directory, String title, Verdict verdict, List<Part> parts)
      throws IOException {
    StringBuilder page = new StringBuilder(HEAD);
    page.append("<h1>").append(escaped(verdict.line())).append("</h1>\n");
    page.append("<p>").append(escaped(title)).append("</p>\n");
    for (Part part : parts) {
      page.append("<h2>").append(part.world()).append("</h2>\n");
      page.append(
          "<p><b class=\"delivered\">delivered</b> and <b class=\"accepted\">accepted</b> in each"
              + " quarter of a second (not to one scale), and the faults</p>\n");
      page.append(Timeline.of(part.events()));
      page.append("<pre>").append(escaped(String.join("\n", lines(part)))).append("</pre>\n");
      Files.write(
          directory.resolve("history-" + part.world() + ".txt"),
          part.events().stream().map(Event::toString).toList());
    }
    Files.writeString(directory.resolve("index.html"), page.append("</html>\n"));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>Belfry: the proof</title>
      <style>
        :root { color-scheme: light dark; }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
        svg { width: 100%; font-size: 11px; }
        text { fill: currentColor; }
        line { stroke: currentColor; opacity: .12; }
        rect.delivered { fill: #3b82c4; }
        rect.accepted { fill: #e0a030; }
        rect.fault { fill: #c0392b; }
        b.delivered { color: #3b82c4; }
        b.accepted { color: #b87a10; }
        pre { overflow-x: auto; }
      </style>
      """;
}
