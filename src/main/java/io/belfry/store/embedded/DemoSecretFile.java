package io.belfry.store.embedded;

import io.belfry.settings.BelfryProperties;
import io.belfry.settings.BelfryProperties.StoreKind;
import io.belfry.settings.DemoSecrets;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import org.springframework.core.env.Environment;

/// The demo's secret beside the embedded store: the file `demo-secret` in the data directory, which
/// its owner alone may read.
final class DemoSecretFile implements DemoSecrets {
  private static final String FILE = "demo-secret";
  private static final int BYTES = 32;
  private static final Set<PosixFilePermission> OWNER_ALONE =
      PosixFilePermissions.fromString("rw-------");

  @Override
  public boolean isFor(StoreKind store) {
    return store == StoreKind.EMBEDDED;
  }

  @Override
  public String secret(Environment environment) {
    Path directory = BelfryProperties.of(environment).dataDir();
    try {
      return secret(directory);
    } catch (IOException failure) {
      throw new DataDirectoryException(
          "The demo's secret cannot be kept in the data directory "
              + directory.toAbsolutePath().normalize()
              + ": "
              + DataDirectory.reason(failure)
              + ".",
          "Set belfry.data-dir to a directory that this user may write, or belfry.auth.secret.",
          failure);
    }
  }

  @Override
  public String description(Environment environment) {
    Path directory = BelfryProperties.of(environment).dataDir().toAbsolutePath().normalize();
    return Files.exists(directory.resolve(FILE))
        ? "the demo's secret in " + directory
        : "a demo's secret that was made just now in " + directory;
  }

  private static String secret(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      Files.createDirectories(directory);
      make(directory, file);
    }
    if (isPosix(file)) {
      Files.setPosixFilePermissions(file, OWNER_ALONE);
    }
    String secret = Files.readString(file).strip();
    if (secret.length() < BYTES) {
      throw new IOException(file + " holds no secret: delete it, and a new one is made");
    }
    return secret;
  }

  // Written whole under another name first: whoever finds the file finds all of it, and of two that
  // make it at once the first one's stays.
  private static void make(Path directory, Path file) throws IOException {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    FileAttribute<?>[] attributes =
        isPosix(directory)
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ALONE)}
            : new FileAttribute<?>[0];
    Path draft = Files.createTempFile(directory, FILE, null, attributes);
    try {
      Files.writeString(draft, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
      try {
        Files.createLink(file, draft);
      } catch (UnsupportedOperationException noLinks) {
        Files.copy(draft, file);
      }
    } catch (FileAlreadyExistsException another) {
      // Another process was faster: its secret is the one.
    } finally {
      Files.delete(draft);
    }
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
