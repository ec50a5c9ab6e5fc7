package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.CursorState;
import io.belfry.core.log.Destination;
import io.belfry.core.log.From;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import io.belfry.core.log.SettableClock;
import io.belfry.core.log.StoreUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.WriteBatch;
import org.springframework.util.FileSystemUtils;

/// What the embedded store makes of its directory: it says what is wrong with it, and copies it.
class DataDirectoryTests {
  private static final Destination INBOX = new Destination.Queue("alice", "inbox");
  private static final CursorKey PHONE = new CursorKey(INBOX, "alice", "phone");

  @TempDir Path directory;
  private final SettableClock clock = new SettableClock();

  @Test
  void aDirectoryIsMadeWhereItIsMissing() {
    Path deep = directory.resolve("a/b/c");
    try (EmbeddedStore store = open(deep)) {
      append(store, "hello".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(deep).isDirectory();
  }

  @Test
  void aDirectoryThatIsOpenIsRefused() {
    try (EmbeddedStore store = open(directory)) {
      assertThatThrownBy(() -> open(directory))
          .isInstanceOf(DataDirectoryException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("in use by another Belfry");
      append(store, "hello".getBytes(StandardCharsets.UTF_8));
    }
    open(directory).close();
  }

  @Test
  void aDirectoryThatCannotBeMadeIsRefused() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    for (Path wrong : new Path[] {file, file.resolve("data")}) {
      assertThatThrownBy(() -> open(wrong))
          .isInstanceOf(DataDirectoryException.class)
          .hasMessageContaining(wrong.toString())
          .hasMessageContaining("cannot be made")
          .hasMessageContaining("belfry.data-dir");
    }
  }

  @Test
  void aNewerFormatIsRefused() throws Exception {
    open(directory).close();
    try (Database database = new Database(directory.resolve(DataDirectory.DATABASE));
        WriteBatch batch = new WriteBatch()) {
      batch.put(database.family(Family.MARKS), Keys.FORMAT, new byte[] {3});
      database.write(batch);
    }

    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(DataDirectoryException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("newer Belfry");
    // It is not held after that.
    DataDirectory.open(directory).close();
  }

  @Test
  void whatAnOlderFormatHoldsIsThere() throws Exception {
    try (EmbeddedStore store = open(directory)) {
      append(store, new byte[1]);
    }
    long last;
    try (EmbeddedStore store = open(directory)) {
      last = append(store, new byte[2]);
    }
    // Format 1: each append wrote the row of its log.
    byte[] log = Keys.log(INBOX);
    try (Database database = new Database(directory.resolve(DataDirectory.DATABASE));
        WriteBatch batch = new WriteBatch()) {
      LogMeta head = Objects.requireNonNull(LogHeads.of(database, log));
      batch.put(database.family(Family.LOGS), log, head.encoded());
      batch.put(database.family(Family.MARKS), Keys.FORMAT, new byte[1]);
      database.write(batch);
    }

    try (EmbeddedStore store = open(directory)) {
      assertThat(store.logs().last(INBOX)).isEqualTo(last);
      assertThat(append(store, new byte[3])).isGreaterThan(last);
      assertThat(store.logs().after(INBOX, 0, 9, Long.MAX_VALUE).entries()).hasSize(3);
      assertThat(store.database().get(Family.MARKS, Keys.FORMAT)).isEqualTo(new byte[] {2});
    }
  }

  @Test
  void whatIsNotADatabaseIsRefused() throws Exception {
    Path database = Files.createDirectory(directory.resolve(DataDirectory.DATABASE));
    Files.writeString(database.resolve("CURRENT"), "MANIFEST-000001\n");

    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(DataDirectoryException.class)
        .hasMessageContaining(directory.toString());
  }

  @Test
  void aBackupOpensAsTheStoreWas() throws Exception {
    Path backup = directory.resolve("backups/today");
    try (EmbeddedStore store = open(directory.resolve("data"))) {
      long first = append(store, "before".getBytes(StandardCharsets.UTF_8));
      store.cursors().open(PHONE, new From.After(first));
      Files.createDirectories(backup.getParent());
      store.backup(backup);
      append(store, "after".getBytes(StandardCharsets.UTF_8));
      assertThatThrownBy(() -> store.backup(backup))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(backup.toString());

      try (EmbeddedStore copy = open(backup)) {
        assertThat(copy.logs().after(INBOX, 0, 9, Long.MAX_VALUE).entries()).hasSize(1);
        assertThat(copy.logs().last(INBOX)).isEqualTo(first);
        assertThat(copy.cursors().of(INBOX, "alice")).containsEntry("phone", CursorState.at(first));
        append(copy, "elsewhere".getBytes(StandardCharsets.UTF_8));
      }
      assertThat(store.logs().after(INBOX, 0, 9, Long.MAX_VALUE).entries()).hasSize(2);
    }
  }

  @Test
  void nothingIsAcceptedWhileTheDirectoryIsElsewhere() throws Exception {
    Path data = directory.resolve("data");
    Path elsewhere = directory.resolve("elsewhere");
    try (EmbeddedStore store = open(data)) {
      long first = append(store, new byte[1]);
      Files.move(data, elsewhere);
      assertThat(store.isUp()).isFalse();
      assertThatThrownBy(() -> append(store, new byte[2]))
          .hasCauseInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(() -> store.backup(data.resolve("backup")))
          .isInstanceOf(StoreUnavailableException.class);
      assertThat(data).doesNotExist();
      assertThat(store.logs().entry(INBOX, first)).isNotNull();
      Path other = Files.createDirectories(data.resolve(DataDirectory.DATABASE));
      Files.createFile(other.resolve("LOCK"));
      assertThat(store.isUp()).isFalse();

      FileSystemUtils.deleteRecursively(data);
      Files.move(elsewhere, data);
      Awaitility.await().until(store::isUp);
      assertThat(append(store, new byte[2])).isGreaterThan(first);
      assertThat(store.logs().after(INBOX, 0, 9, Long.MAX_VALUE).entries()).hasSize(2);
    }
  }

  @Test
  void nothingIsAcceptedWhileAnotherDirectoryIsInItsPlace() throws Exception {
    Path data = directory.resolve("data");
    Path elsewhere = directory.resolve("elsewhere");
    open(elsewhere).close();
    try (EmbeddedStore store = open(data)) {
      append(store, new byte[1]);
      Files.move(data, directory.resolve("moved"));
      Files.move(elsewhere, data);

      assertThat(store.isUp()).isFalse();
      // A repeat, which has nothing to write.
      assertThatThrownBy(() -> append(store, new byte[1]))
          .hasCauseInstanceOf(StoreUnavailableException.class);
    }
  }

  @Test
  void nothingIsAcceptedOnceTheDirectoryIsGoneForGood() throws Exception {
    EmbeddedStore store = open(directory);
    append(store, new byte[1]);
    FileSystemUtils.deleteRecursively(directory.resolve(DataDirectory.DATABASE));

    assertThatThrownBy(() -> append(store, new byte[2]))
        .hasCauseInstanceOf(StoreUnavailableException.class);
    assertThat(store.isUp()).isFalse();
    store.close();
    open(directory).close();
  }

  @Test
  void aClosedStoreSaysSo() {
    EmbeddedStore store = open(directory);
    append(store, "hello".getBytes(StandardCharsets.UTF_8));
    store.close();

    assertThatThrownBy(() -> store.logs().entry(INBOX, 1))
        .isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> store.cursors().open(PHONE, new From.Cursor()))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(store.logs().append(push("x".getBytes(StandardCharsets.UTF_8), "k")))
        .isCompletedExceptionally();
    store.close();
  }

  private static long append(EmbeddedStore store, byte[] body) {
    store.logs().append(push(body, "one " + body.length)).join();
    return store.logs().last(INBOX);
  }

  private static Push push(byte[] body, String key) {
    return Push.of(
        INBOX, Map.of("Idempotency-Key", key, "TTL", "3600"), body, Retention.defaults());
  }

  private EmbeddedStore open(Path where) {
    return EmbeddedStore.open(where, Retention.defaults(), clock);
  }
}
