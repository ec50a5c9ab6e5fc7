package io.belfry.store.embedded;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// RocksDB's native library, taken out of its jar and loaded.
///
/// RocksDB would do that itself, into a new file of 15 MB that it deletes when the process ends: so
/// each process that is killed leaves one. Here the file goes as soon as it is loaded, where the
/// system allows it.
final class NativeLibrary {
  private static final Logger LOGGER = LoggerFactory.getLogger(NativeLibrary.class);

  private NativeLibrary() {}

  /// Loads it, once a process. Where nothing may be run that lies in the temporary directory, it is
  /// put into `directory`.
  static synchronized void load(Path directory) {
    for (Path parent : List.of(Path.of(System.getProperty("java.io.tmpdir")), directory)) {
      try {
        loadFrom(parent);
        return;
      } catch (IOException | UnsatisfiedLinkError e) {
        LOGGER.debug("RocksDB's library cannot be loaded from {}.", parent, e);
      }
    }
    RocksDB.loadLibrary();
  }

  private static void loadFrom(Path parent) throws IOException {
    Path directory = Files.createTempDirectory(parent, "belfry");
    Path file = directory.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
    try {
      String name = Environment.getJniLibraryFileName("rocksdb");
      try (InputStream library = RocksDB.class.getResourceAsStream("/" + name)) {
        if (library == null) {
          throw new FileNotFoundException(name);
        }
        Files.copy(library, file);
      }
      RocksDB.loadLibrary(List.of(directory.toString()));
    } finally {
      delete(file);
      delete(directory);
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      path.toFile().deleteOnExit();
    }
  }
}
