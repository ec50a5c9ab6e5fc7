package io.belfry.proof;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A disk of its own for a node, small enough to be filled. It needs the right to mount one.
final class SmallDisk {
  private static final int BLOCK = 1 << 16;

  private final Path root;
  private final Path ballast;

  private SmallDisk(Path root) {
    this.root = root;
    this.ballast = root.resolve("ballast");
  }

  /// Mounts one there, or answers null where this user may not.
  static @Nullable SmallDisk mount(Path root) throws IOException {
    Files.createDirectories(root);
    boolean isMounted = run("mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", root.toString());
    return isMounted ? new SmallDisk(root) : null;
  }

  Path root() {
    return root;
  }

  /// Leaves no byte free.
  void fill() {
    byte[] block = new byte[BLOCK];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (!Thread.currentThread().isInterrupted()) {
        out.write(block);
      }
    } catch (IOException full) {
      // That was the purpose.
    }
  }

  /// Gives all of it back.
  void clear() throws IOException {
    Files.deleteIfExists(ballast);
  }

  void close() {
    run("umount", "-l", root.toString());
  }

  private static boolean run(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
