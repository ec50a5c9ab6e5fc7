package io.belfry.store.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The data directory: made where it is missing, held by one Belfry at a time, also among
/// processes, and probed for whether it can be written.
final class DataDirectory implements AutoCloseable {
  static final String DATABASE = "rocksdb";

  private static final String ADVICE = "Set belfry.data-dir to another directory, or ";
  private static final int PROBE_BYTES = 64 * 1024;
  // What opening the database may write beyond what is in its WAL.
  private static final long SLACK = 4 * 1024 * 1024;

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;

  private DataDirectory(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  /// @throws DataDirectoryException saying in one sentence what is wrong with it, and in another
  ///   what to do
  static DataDirectory open(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new DataDirectoryException(
          "The data directory " + path + " cannot be made: " + reason(e) + ".",
          ADVICE + "give this user the right to make it.",
          e);
    }
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              path.resolve("belfry.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new DataDirectoryException(
          "The data directory " + path + " cannot be written: " + reason(e) + ".",
          ADVICE + "give this user the right to write it.",
          e);
    }
    try {
      return new DataDirectory(path, channel, lock(path, channel));
    } catch (RuntimeException e) {
      closeQuietly(channel);
      throw e;
    }
  }

  Path path() {
    return path;
  }

  Path database() {
    return path.resolve(DATABASE);
  }

  /// Finds out whether there is room for opening the database anew, by writing a little and by
  /// looking at what is left.
  ///
  /// @throws IOException where there is not
  void probe() throws IOException {
    FileStore disk = Files.getFileStore(path);
    long needed = walBytes() * 3 / 2 + SLACK;
    if (disk.getUsableSpace() < needed) {
      throw new IOException(
          disk.getUsableSpace() + " bytes are free on its disk, and " + needed + " are needed.");
    }
    Path probe = path.resolve("belfry.probe");
    try (FileChannel file =
        FileChannel.open(
            probe,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.allocate(PROBE_BYTES);
      while (bytes.hasRemaining()) {
        var _ = file.write(bytes);
      }
      file.force(true);
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  @Override
  public void close() {
    try {
      lock.release();
    } catch (IOException e) {
      // Closing the channel releases it too.
    }
    closeQuietly(channel);
  }

  private long walBytes() throws IOException {
    try (Stream<Path> files = Files.list(database())) {
      long bytes = 0;
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.toString().endsWith(".log")) {
          bytes += size(file);
        }
      }
      return bytes;
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private static FileLock lock(Path path, FileChannel channel) {
    @Nullable FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    } catch (IOException e) {
      throw new DataDirectoryException(
          "The data directory " + path + " cannot be locked: " + reason(e) + ".",
          ADVICE + "put it on a disk that knows file locks.",
          e);
    }
    if (lock == null) {
      throw new DataDirectoryException(
          "The data directory " + path + " is in use by another Belfry.",
          ADVICE + "stop the other one. Several nodes share belfry.store=redis.",
          null);
    }
    return lock;
  }

  /// Why it failed, as the end of a sentence.
  static String reason(IOException e) {
    return switch (e) {
      case FileAlreadyExistsException file -> file.getFile() + " is a file";
      case AccessDeniedException denied -> "access to " + denied.getFile() + " is denied";
      case IOException told when told.getClass() == IOException.class ->
          String.valueOf(told.getMessage());
      default ->
          e.getClass().getSimpleName().replace("Exception", "") + " (" + e.getMessage() + ")";
    };
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing depends on it any more.
    }
  }
}
