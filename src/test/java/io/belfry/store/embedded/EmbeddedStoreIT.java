package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.core.log.Appended;
import io.belfry.core.log.Destination;
import io.belfry.core.log.Entry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The store among processes: killed, and opened twice.
class EmbeddedStoreIT {
  @TempDir Path directory;

  @Test
  void whatWasAnsweredIsThereAfterAKill() throws Exception {
    Map<String, Long> answered = new HashMap<>();
    for (String word : List.of("first", "second", "third")) {
      answered.putAll(appendUntilKilled(word));
    }

    try (EmbeddedStore store = open()) {
      Map<String, Long> there = new HashMap<>();
      for (int i = 0; i < AppendingNode.LOGS; i++) {
        there.putAll(texts(store, AppendingNode.log(i)));
      }
      assertThat(there).containsAllEntriesOf(answered);
      // At most one of each writer and run was on its way.
      assertThat(there.size() - answered.size()).isBetween(0, 3 * AppendingNode.WRITERS);
      for (String word : List.of("first", "third")) {
        String text = word + "-3-0";
        Appended again = store.logs().append(AppendingNode.push(AppendingNode.log(3), text)).join();
        assertThat(again).isInstanceOf(Appended.Repeated.class);
        assertThat(((Appended.Repeated) again).receipt().offset()).isEqualTo(answered.get(text));
      }
    }
  }

  @Test
  void aDirectoryThatAnotherProcessHasOpenIsRefused() throws Exception {
    Process other = start("other");
    try (BufferedReader lines = other.inputReader(StandardCharsets.UTF_8)) {
      assertThat(lines.readLine()).isNotNull();
      assertThatThrownBy(this::open)
          .isInstanceOf(DataDirectoryException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("in use by another Belfry")
          .hasMessageContaining("belfry.data-dir");
      assertThat(lines.readLine()).isNotNull();
    } finally {
      other.destroyForcibly().waitFor();
    }
    open().close();
  }

  private Map<String, Long> appendUntilKilled(String word) throws Exception {
    Map<String, Long> answered = new HashMap<>();
    Process node = start(word);
    try (BufferedReader lines = node.inputReader(StandardCharsets.UTF_8)) {
      for (int i = 0; i < 1000; i++) {
        note(lines.readLine(), answered);
      }
      // Not the process itself: that would close what it has printed.
      boolean killed = node.toHandle().destroyForcibly();
      assertThat(killed).isTrue();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        note(line, answered);
      }
    }
    assertThat(node.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return answered;
  }

  // The kill may cut off the last line.
  private static void note(String line, Map<String, Long> answered) {
    String[] parts = line.split(" ", -1);
    if (parts.length == 2 && parts[1].length() == 16) {
      answered.put(parts[0], Long.valueOf(parts[1]));
    }
  }

  private Process start(String word) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx256m", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(AppendingNode.class.getName(), directory.toString(), word));
    return new ProcessBuilder(command)
        .redirectError(Files.createTempFile(directory.getParent(), "node", ".err").toFile())
        .start();
  }

  private EmbeddedStore open() {
    return EmbeddedStore.open(directory, AppendingNode.RETENTION, Clock.systemUTC());
  }

  private static Map<String, Long> texts(EmbeddedStore store, Destination log) {
    Map<String, Long> texts = new HashMap<>();
    for (Entry entry : store.logs().after(log, 0, 100_000, Long.MAX_VALUE).entries()) {
      texts.put(new String(entry.body(), StandardCharsets.UTF_8), entry.offset());
    }
    return texts;
  }
}
