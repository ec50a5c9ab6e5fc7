package io.belfry.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What a node has at a moment of rest, after a full collection: counted from outside, by the JDK's
/// own `jcmd` and by `/proc`.
///
/// @param counts by name; bytes of the live heap are [#HEAP]
record Census(Map<String, Long> counts) {
  static final String HEAP = "heap";

  // What a class's name begins with, and as what it counts.
  private static final Map<String, String> KINDS =
      Map.of(
          "java.lang.VirtualThread", "virtual threads",
          "io.belfry.core.delivery.Feed", "feeds",
          "io.belfry.core.delivery.Subscription", "subscriptions",
          "io.belfry.core.delivery.Cursor", "cursors",
          "io.belfry.core.delivery.Outbox", "outboxes",
          "org.rocksdb.", "RocksDB handles");
  private static final List<String> ORDER =
      List.of(
          HEAP,
          "threads",
          "virtual threads",
          "sockets and pipes",
          "feeds",
          "subscriptions",
          "cursors",
          "outboxes",
          "RocksDB handles");

  static Census of(long pid) throws IOException, InterruptedException {
    Map<String, Long> counts = new LinkedHashMap<>();
    ORDER.forEach(kind -> counts.put(kind, 0L));
    histogram(pid).forEach(line -> count(line, counts));
    counts.put("threads", (long) files(pid, "task").size());
    counts.put("sockets and pipes", files(pid, "fd").stream().filter(Census::isNoFile).count());
    return new Census(counts);
  }

  long get(String kind) {
    return counts.getOrDefault(kind, 0L);
  }

  /// Whether nobody is subscribed or listened to any more. Not whether there is no outbox: one or
  /// two of TCP's connections are still there at rest, however many came and went.
  boolean isAtRest() {
    return get("feeds") == 0 && get("subscriptions") == 0;
  }

  // `num: instances bytes class (module)`, and at the end `Total instances bytes`.
  private static void count(String line, Map<String, Long> counts) {
    String[] words = line.strip().split("\\s+", -1);
    if (words[0].equals("Total")) {
      counts.put(HEAP, Long.parseLong(words[2]));
    } else if (words.length > 3 && words[0].endsWith(":")) {
      KINDS.forEach((name, kind) -> {
        boolean isOne = name.endsWith(".") ? words[3].startsWith(name) : words[3].equals(name);
        if (isOne) {
          counts.merge(kind, Long.parseLong(words[1]), Long::sum);
        }
      });
    }
  }

  // The JVM makes a full collection first. Twice, for what only cleaners let go.
  private static List<String> histogram(long pid) throws IOException, InterruptedException {
    var ignored = jcmd(pid);
    return jcmd(pid);
  }

  private static List<String> jcmd(long pid) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process process =
        new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    List<String> lines = process.inputReader().lines().toList();
    if (process.waitFor() != 0) {
      throw new IOException("jcmd: " + lines);
    }
    return lines;
  }

  private static List<Path> files(long pid, String what) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(pid), what))) {
      return all.toList();
    }
  }

  // Files are the database's, which opens and deletes them as it likes.
  private static boolean isNoFile(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("socket:") || target.startsWith("pipe:");
    } catch (IOException gone) {
      return false;
    }
  }

  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    line.append("%.1f MB".formatted(get(HEAP) / 1e6));
    counts.forEach((kind, count) -> {
      if (!kind.equals(HEAP)) {
        line.append(", ").append(count).append(' ').append(kind);
      }
    });
    return line.toString();
  }
}
