package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Bell;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import io.belfry.core.log.From;
import io.belfry.core.log.Push;
import io.belfry.core.log.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that is full, and has room again. It needs the right to mount one; where that is missing
/// the test is skipped.
class FullDiskIT {
  private static final Destination INBOX = new Destination.Queue("alice", "inbox");

  @TempDir Path directory;
  private Path disk;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(directory.resolve("disk"));
    Assumptions.assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString()),
        "skipped: this user cannot mount a small disk");
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", "-l", disk.toString());
  }

  @Test
  void whatIsAcceptedStaysAndWhatIsRefusedCanBeRepeated() throws Exception {
    Path data = disk.resolve("data");
    List<String> refused = new ArrayList<>();
    Map<String, Long> accepted = new java.util.LinkedHashMap<>();
    Queue<Bell> heard = new ConcurrentLinkedQueue<>();
    try (EmbeddedStore store = open(data)) {
      try (var _ = store.bells().listen(INBOX, heard::add)) {
        fill(store, accepted, refused);
        assertThat(store.isUp()).isFalse();
        assertThat(grown(heard)).hasSameSizeAs(accepted.values());

        // What is there can be read while nothing can be written.
        assertThat(texts(store)).containsExactlyElementsOf(accepted.keySet());
        assertThatThrownBy(() ->
                store.cursors().open(new CursorKey(INBOX, "alice", "phone"), new From.Cursor()))
            .isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> store.backup(disk.resolve("backups/today")))
            .isInstanceOf(StoreUnavailableException.class);
        assertThat(disk.resolve("backups")).isEmptyDirectory();
        assertThatThrownBy(() -> store.logs().append(push("refused at once")).join())
            .isInstanceOf(CompletionException.class)
            .hasCauseInstanceOf(StoreUnavailableException.class);

        assertThat(run("mount", "-o", "remount,size=128m", disk.toString())).isTrue();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(store::isUp);
        Awaitility.await().until(() -> heard.contains(new Bell.Look()));
        repeat(store, accepted, refused);
      }
      assertThat(store.counters().failedCommits()).isPositive();
      assertThat(store.counters().reopened()).isPositive();
      check(store, accepted);
    }
    try (EmbeddedStore store = open(data)) {
      check(store, accepted);
    }
  }

  @Test
  void aStoreThatIsClosedWhileTheDiskIsFullOpensAgain() throws Exception {
    Path data = disk.resolve("data");
    List<String> refused = new ArrayList<>();
    Map<String, Long> accepted = new java.util.LinkedHashMap<>();
    try (EmbeddedStore store = open(data)) {
      fill(store, accepted, refused);
    }
    assertThatThrownBy(() -> open(data))
        .isInstanceOf(DataDirectoryException.class)
        .hasMessageContaining("Make room on its disk");
    assertThat(run("mount", "-o", "remount,size=128m", disk.toString())).isTrue();

    try (EmbeddedStore store = open(data)) {
      repeat(store, accepted, refused);
      check(store, accepted);
    }
  }

  // Sixteen under way at a time, until one is refused.
  private static void fill(EmbeddedStore store, Map<String, Long> accepted, List<String> refused) {
    for (int i = 0; refused.isEmpty(); i += 16) {
      Map<String, CompletableFuture<Appended>> some = new java.util.LinkedHashMap<>();
      for (int j = i; j < i + 16; j++) {
        some.put("text-" + j, store.logs().append(push("text-" + j)));
      }
      some.forEach((text, appended) -> {
        try {
          accepted.put(text, offset(appended.join()));
        } catch (CompletionException e) {
          assertThat(e).hasCauseInstanceOf(StoreUnavailableException.class);
          refused.add(text);
        }
      });
      assertThat(i).isLessThan(100_000);
    }
    assertThat(accepted).isNotEmpty();
  }

  // A refused push may be there all the same; its repeat says so.
  private static void repeat(
      EmbeddedStore store, Map<String, Long> accepted, List<String> refused) {
    for (String text : refused) {
      accepted.put(text, offset(store.logs().append(push(text)).join()));
    }
    for (String text : List.copyOf(accepted.keySet()).subList(0, 5)) {
      Appended again = store.logs().append(push(text)).join();
      assertThat(again).isInstanceOf(Appended.Repeated.class);
      assertThat(offset(again)).isEqualTo(accepted.get(text));
    }
  }

  private static void check(EmbeddedStore store, Map<String, Long> accepted) {
    List<Entry> entries = store.logs().after(INBOX, 0, 100_000, Long.MAX_VALUE).entries();
    assertThat(entries)
        .extracting(Entry::offset)
        .isSorted()
        .containsExactlyInAnyOrderElementsOf(accepted.values());
    assertThat(texts(store)).containsExactlyInAnyOrderElementsOf(accepted.keySet());
  }

  private static long offset(Appended appended) {
    return switch (appended) {
      case Appended.Fresh(var receipt) -> Objects.requireNonNull(receipt.offset());
      case Appended.Repeated(var receipt) -> Objects.requireNonNull(receipt.offset());
      case Appended.Mismatched() -> throw new AssertionError("mismatched");
    };
  }

  private static List<Bell> grown(Queue<Bell> heard) {
    return heard.stream().filter(Bell.Grew.class::isInstance).toList();
  }

  private static List<String> texts(EmbeddedStore store) {
    return store.logs().after(INBOX, 0, 100_000, Long.MAX_VALUE).entries().stream()
        .map(entry -> entry.headers().get("ce-text"))
        .toList();
  }

  private static Push push(String text) {
    byte[] body = new byte[10_000];
    new Random(text.hashCode()).nextBytes(body);
    return Push.of(
        INBOX, Map.of("Idempotency-Key", text, "ce-text", text), body, AppendingNode.RETENTION);
  }

  private static EmbeddedStore open(Path data) {
    return EmbeddedStore.open(data, AppendingNode.RETENTION, Clock.systemUTC());
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
