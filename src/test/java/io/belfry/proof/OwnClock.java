package io.belfry.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A clock of its own for a process: the machine's, and as much ahead of it or behind it as is
/// said. It stands between the process and its C library, which takes a C compiler and a Linux.
final class OwnClock {
  private static final Duration TRIAL = Duration.ofDays(1000);

  private final Path library;
  private final Path ahead;

  private OwnClock(Path library, Path ahead) {
    this.library = library;
    this.ahead = ahead;
  }

  /// Makes one there that is right, or answers null where that cannot be done.
  static @Nullable OwnClock make(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path source = directory.resolve("clock.c");
    try (InputStream in = OwnClock.class.getResourceAsStream("clock.c")) {
      Files.copy(Objects.requireNonNull(in), source);
    }
    OwnClock clock =
        new OwnClock(
            directory.resolve("clock.so").toAbsolutePath(),
            directory.resolve("ahead").toAbsolutePath());
    Files.write(clock.ahead, new byte[Long.BYTES]);
    boolean isCompiled =
        run(Map.of(), "cc", "-shared", "-fPIC", "-O1", "-o", clock.library.toString(), "" + source)
            != null;
    return isCompiled && clock.isBelieved() ? clock : null;
  }

  // A loader that knows nothing of this starts a process all the same.
  private boolean isBelieved() throws IOException {
    set(TRIAL);
    String seconds = run(environment(), "date", "+%s");
    set(Duration.ZERO);
    return seconds != null
        && Instant.now().plus(TRIAL.dividedBy(2)).getEpochSecond()
            < Long.parseLong(seconds.strip());
  }

  /// What the process whose clock this is has to be started with.
  Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "PROOF_CLOCK", ahead.toString());
  }

  /// Sets it so far ahead of the machine's; a negative one: behind.
  void set(Duration difference) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    // In place: the process has it mapped.
    Files.write(ahead, bytes.putLong(difference.toSeconds()).array(), StandardOpenOption.WRITE);
  }

  // What it wrote, or null where it failed.
  private static @Nullable String run(Map<String, String> environment, String... command) {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(command)).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0 ? output : null;
    } catch (IOException missing) {
      return null;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
