package io.belfry.store.embedded;

import io.belfry.core.log.Destination;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Measures what an append costs: writers that each wait for the sync of one append before the
/// next, over many logs. Run it by hand; its arguments are `key=value`, see [#main].
public final class StoreBench {
  private static final int ROUNDS = 4;

  private final Map<String, String> arguments;
  private final EmbeddedStore store;

  private StoreBench(Map<String, String> arguments, EmbeddedStore store) {
    this.arguments = arguments;
    this.store = store;
  }

  /// `logs=1000 writers=64 appends=400000 bytes=200 max=1000 keys=false collapse=false dir=…`
  public static void main(String[] args) throws Exception {
    Map<String, String> arguments = new java.util.HashMap<>();
    for (String arg : args) {
      String[] both = arg.split("=", 2);
      arguments.put(both[0], both[1]);
    }
    Path root = Path.of(arguments.getOrDefault("dir", System.getProperty("java.io.tmpdir")));
    Path directory = Files.createTempDirectory(root, "belfry-bench");
    Retention defaults = Retention.defaults();
    Retention retention =
        new Retention(
            defaults.ttl(),
            Integer.parseInt(arguments.getOrDefault("max", "1000")),
            defaults.deviceTtl(),
            defaults.idempotencyKeep());
    try (EmbeddedStore store = EmbeddedStore.open(directory, retention, Clock.systemUTC())) {
      StoreBench bench = new StoreBench(arguments, store);
      for (int i = 1; i <= ROUNDS; i++) {
        bench.round(i);
      }
      System.out.printf(Locale.ROOT, "on disk %.1f MB%n", sizeOf(directory) / 1e6);
    } finally {
      delete(directory);
    }
  }

  private void round(int number) throws Exception {
    int writers = number("writers", 64);
    int each = number("appends", 400_000) / writers;
    Counters counters = store.counters();
    long commits = counters.commits();
    long bytes = counters.committedBytes();
    long commitNanos = counters.commitNanos();
    double cpu = cpuSeconds();
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        int writer = i;
        all.add(threads.submit(() -> write(number, writer, each)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double appends = (double) each * writers;
    commits = counters.commits() - commits;
    System.out.printf(
        Locale.ROOT,
        "round %d: %,.0f appends/s, %.2f CPU s per 100,000, %.0f bytes each, %.1f a batch,"
            + " %.2f ms a commit, %.0f ms of them all%n",
        number,
        appends / seconds,
        (cpuSeconds() - cpu) / appends * 100_000,
        (counters.committedBytes() - bytes) / appends,
        appends / commits,
        (counters.commitNanos() - commitNanos) / 1e6 / commits,
        (counters.commitNanos() - commitNanos) / 1e6);
  }

  private Void write(int round, int writer, int appends) throws Exception {
    int logs = number("logs", 1000);
    boolean keys = Boolean.parseBoolean(arguments.get("keys"));
    boolean collapse = Boolean.parseBoolean(arguments.get("collapse"));
    byte[] body = new byte[number("bytes", 200)];
    new Random(writer).nextBytes(body);
    for (int i = 0; i < appends; i++) {
      Destination log =
          new Destination.Queue("user-" + (writer * 31 + i * 67) % logs, "notifications");
      String id = "id-" + round + "-" + writer + "-" + i;
      var _ =
          store
              .logs()
              .append(
                  new Push(
                      log,
                      id,
                      "application/json",
                      Map.of(),
                      body,
                      Duration.ofDays(7),
                      collapse ? "k" + i % 4 : null,
                      keys ? id : null))
              .get();
    }
    return null;
  }

  private int number(String name, int otherwise) {
    String value = arguments.get(name);
    return value == null ? otherwise : Integer.parseInt(value);
  }

  private static double cpuSeconds() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1e9;
  }

  private static long sizeOf(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(file);
      }
    }
  }
}
