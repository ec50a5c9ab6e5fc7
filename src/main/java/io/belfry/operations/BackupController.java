package io.belfry.operations;

import io.belfry.settings.BelfryProperties;
import io.belfry.settings.BelfryProperties.StoreKind;
import io.belfry.settings.ConditionalOnStore;
import io.belfry.store.embedded.EmbeddedStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Backups of the embedded store, taken while the node goes on: `backups/<time>` in the data
/// directory. A node opens one as its data directory.
@RestController
@ConditionalOnStore(StoreKind.EMBEDDED)
class BackupController {
  private final EmbeddedStore store;
  private final Path backups;

  BackupController(EmbeddedStore store, BelfryProperties settings) {
    this.store = store;
    this.backups = settings.dataDir().toAbsolutePath().normalize().resolve("backups");
  }

  @PostMapping("/backups")
  @ResponseStatus(HttpStatus.CREATED)
  Map<String, String> take() {
    // No colons: not every file system takes them.
    Path backup = backups.resolve(Instant.now().toString().replace(':', '-'));
    store.backup(backup);
    return Map.of("path", backup.toString());
  }
}
