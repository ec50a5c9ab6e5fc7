package io.belfry.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    List<Play> plays = new java.util.concurrent.CopyOnWriteArrayList<>();
    say("proof: seed " + seed + ", " + time.toSeconds() + " s, stores " + stores);
    Thread.ofVirtual().start(() -> report(plays, over));
    try (ExecutorService worlds = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Verdict>> verdicts = new ArrayList<>();
      for (String store : stores) {
        verdicts.add(worlds.submit(() -> play(store, plays)));
      }
      Verdict verdict = new Verdict(0, 0, 0, 0, 0, 0, List.of());
      for (Future<Verdict> each : verdicts) {
        verdict = verdict.and(each.get());
      }
      return verdict;
    } catch (ExecutionException failed) {
      throw new IllegalStateException("the proof itself failed", failed.getCause());
    } finally {
      over.countDown();
    }
  }

  private Verdict play(String store, List<Play> plays) throws Exception {
    Path home = Files.createDirectories(directory.resolve(store));
    try (World world = world(store, home)) {
      Play play = new Play(world, seed, clients, PUSHERS);
      plays.add(play);
      Verdict verdict = play.run(time);
      conclude(play, verdict, home);
      return verdict;
    }
  }

  private static World world(String store, Path home) throws IOException {
    return switch (store) {
      case "embedded" -> World.embedded(home);
      case "redis" -> World.redis(home);
      default -> throw new IllegalArgumentException("no such store: " + store);
    };
  }

  private static void conclude(Play play, Verdict verdict, Path home) throws IOException {
    Files.write(
        home.resolve("history.txt"),
        play.history().events().stream().map(Event::toString).toList());
    say(
        "%s: %d accepted, %d refused, %d delivered, %d redelivered, %d repeats, %d left on broken wires"
            .formatted(
                play.world().name(),
                verdict.accepted(),
                verdict.refused(),
                verdict.deliveries(),
                verdict.redelivered(),
                verdict.repeated(),
                verdict.left()));
    play.world().leftOut().forEach(fault -> say("left out: " + fault));
    verdict.findings().stream()
        .limit(20)
        .forEach(finding -> say("  " + finding.kind().words + ": " + finding.text()));
    if (!verdict.isGood()) {
      say("  " + play.troubles());
    }
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
