package io.belfry.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.settings.DemoSecrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

class DemoSecretFileTests {
  @TempDir private Path parent;

  @Test
  void itIsMadeOnceAndForItsOwnerAlone() throws IOException {
    String secret = DemoSecrets.of(environment());

    assertThat(secret).hasSize(43).isEqualTo(DemoSecrets.of(environment()));
    assertThat(Files.getPosixFilePermissions(file()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    try (var files = Files.list(file().getParent())) {
      assertThat(files).containsExactly(file());
    }
  }

  @Test
  void permissionsThatGotWiderAreNarrowed() throws IOException {
    DemoSecrets.of(environment());
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
    DemoSecrets.of(environment());

    assertThat(Files.getPosixFilePermissions(file()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void manyThatMakeItAtOnceGetTheSame() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> secrets =
          threads.invokeAll(Collections.nCopies(50, () -> DemoSecrets.of(environment())));
      assertThat(secrets.stream().map(Future::resultNow).distinct()).hasSize(1);
    }
  }

  @Test
  void aFileWithoutASecretIsNotTaken() throws IOException {
    Files.createDirectories(file().getParent());
    Files.createFile(file());

    assertThatThrownBy(() -> DemoSecrets.of(environment()))
        .hasMessageContaining(": " + file() + " holds no secret: delete it");
  }

  @Test
  void whyItCannotBeKeptIsTold() throws IOException {
    Files.createFile(file().getParent());

    assertThatThrownBy(() -> DemoSecrets.of(environment()))
        .hasMessageContaining(file().getParent() + " is a file.");
  }

  private Path file() {
    return parent.resolve("data/demo-secret");
  }

  private MockEnvironment environment() {
    return new MockEnvironment().withProperty("belfry.data-dir", parent.resolve("data").toString());
  }
}
