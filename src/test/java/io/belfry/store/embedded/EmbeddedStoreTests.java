package io.belfry.store.embedded;

import io.belfry.core.log.Retention;
import io.belfry.core.log.Store;
import io.belfry.core.log.StoreContract;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

/// The contract of all stores, kept by this one.
class EmbeddedStoreTests extends StoreContract {
  @TempDir Path directory;

  @Override
  protected Store open(Retention settings, InstantSource time) {
    return EmbeddedStore.open(directory, settings, time);
  }
}
