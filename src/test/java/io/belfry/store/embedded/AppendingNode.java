package io.belfry.store.embedded;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/// A process of its own that appends until it is killed, and prints `text offset` for each append
/// once that was answered. The text is its idempotency key too.
public final class AppendingNode {
  static final int WRITERS = 16;
  static final int LOGS = 5;

  static final Retention RETENTION =
      new Retention(Duration.ofDays(1), 1_000_000, Duration.ofDays(1), Duration.ofDays(1));

  private AppendingNode() {}

  /// @param args the data directory, and a word that begins every text
  public static void main(String[] args) throws Exception {
    EmbeddedStore store = EmbeddedStore.open(Path.of(args[0]), RETENTION, Clock.systemUTC());
    Thread[] writers = new Thread[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      writers[i] = Thread.ofPlatform().start(() -> write(store, args[1], writer));
    }
    for (Thread writer : writers) {
      writer.join();
    }
  }

  static Destination log(int number) {
    return new Destination.Queue("user-" + number % LOGS, "inbox");
  }

  static Push push(Destination log, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    return Push.of(log, Map.of("Idempotency-Key", text), body, RETENTION);
  }

  private static void write(EmbeddedStore store, String word, int writer) {
    for (int i = 0; ; i++) {
      String text = word + "-" + writer + "-" + i;
      Appended appended = store.logs().append(push(log(writer), text)).join();
      if (appended instanceof Appended.Fresh(var receipt)) {
        System.out.println(text + " " + receipt.offset());
      }
    }
  }
}
