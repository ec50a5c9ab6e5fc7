package io.belfry.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// The proof: every store's world at once, each with its own clients, pushers and nemesis, for a
/// given time and from a given seed; then one verdict.
///
/// @param stores `embedded`, `redis`, or both
/// @param directory where the nodes keep their data and logs
/// @param clients in each world
record Proof(Duration time, long seed, List<String> stores, Path directory, int clients) {
  private static final int PUSHERS = 3;
  private static final int PROGRESS_SECONDS = 5;

  /// Plays, and answers the verdict of all worlds together.
  Verdict run() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    List<Play> plays = new CopyOnWriteArrayList<>();
    say(title());
    Thread.ofVirtual().start(() -> report(plays, over));
    try (ExecutorService worlds = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Report.Part>> futures = new ArrayList<>();
      for (String store : stores) {
        futures.add(worlds.submit(() -> play(store, plays)));
      }
      List<Report.Part> parts = new ArrayList<>();
      for (Future<Report.Part> each : futures) {
        parts.add(each.get());
      }
      return conclude(parts);
    } catch (ExecutionException failed) {
      throw new IllegalStateException("the proof itself failed", failed.getCause());
    } finally {
      over.countDown();
    }
  }

  private String title() {
    return "proof: seed " + seed + ", " + time.toSeconds() + " s, stores " + stores;
  }

  private Verdict conclude(List<Report.Part> parts) throws IOException {
    Verdict verdict = Verdict.NOTHING;
    for (Report.Part part : parts) {
      Report.lines(part).forEach(Proof::say);
      verdict = verdict.and(part.verdict());
    }
    Report.write(directory, title(), verdict, parts);
    say("");
    say(directory.resolve("index.html").toString());
    say(verdict.line());
    return verdict;
  }

  private Report.Part play(String store, List<Play> plays) throws Exception {
    Path home = Files.createTempDirectory(Files.createDirectories(directory), store + "-");
    try (World world = world(store, home)) {
      Play play = new Play(world, seed, clients, PUSHERS);
      plays.add(play);
      Verdict verdict = play.run(time);
      if (!verdict.isGood()) {
        say("how the clients of " + store + " ended:\n  " + play.troubles());
      }
      return new Report.Part(store, verdict, play.history().events(), world.leftOut());
    }
  }

  private static World world(String store, Path home) throws IOException {
    return switch (store) {
      case "embedded" -> World.embedded(home);
      case "redis" -> World.redis(home);
      default -> throw new IllegalArgumentException("no such store: " + store);
    };
  }

  private static void report(List<Play> plays, CountDownLatch over) {
    try {
      while (!over.await(PROGRESS_SECONDS, TimeUnit.SECONDS)) {
        plays.forEach(play -> say(play.history().now() / 1_000_000 + " s  " + play.progress()));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  static void say(String line) {
    System.out.println(line);
  }
}
