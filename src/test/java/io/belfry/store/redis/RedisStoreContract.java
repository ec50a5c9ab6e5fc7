package io.belfry.store.redis;

import io.belfry.core.log.Retention;
import io.belfry.core.log.Store;
import io.belfry.core.log.StoreContract;
import io.belfry.testing.RedisServer;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.InstantSource;

/// The contract of all stores, kept by this one on one server for all tests.
abstract class RedisStoreContract extends StoreContract {
  private boolean isEmpty;

  abstract RedisServer server();

  @Override
  protected Store open(Retention settings, InstantSource time) {
    if (!isEmpty) {
      server().ask(RedisCommands::flushall);
      isEmpty = true;
    }
    return OpenStores.open(server(), settings, time);
  }
}
