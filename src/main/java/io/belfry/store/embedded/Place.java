package io.belfry.store.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where a database was opened: what is written to a directory that was removed goes well, and
/// nobody will ever read it. Safe for threads.
final class Place {
  // RocksDB makes it and holds it while it is open, and nothing deletes it.
  private static final String HELD = "LOCK";

  private final Path directory;
  private final @Nullable Object key;

  /// @param directory of a database that is open
  Place(Path directory) throws IOException {
    this.directory = directory;
    this.key = key();
  }

  /// Finds out whether the directory is still there, and none other in its place.
  ///
  /// @throws IOException where it is not
  void check() throws IOException {
    Object there;
    try {
      there = key();
    } catch (NoSuchFileException e) {
      throw new IOException(
          directory + " was removed or moved. Put it back, or start this node anew.", e);
    }
    if (!Objects.equals(there, key)) {
      throw new IOException(directory + " was replaced. Put it back, or start this node anew.");
    }
  }

  // Null where the file system has none.
  private @Nullable Object key() throws IOException {
    return Files.readAttributes(directory.resolve(HELD), BasicFileAttributes.class).fileKey();
  }
}
